"""A short run of the kill loop. `kill.py --kills 1000 --seed 7` is the long one."""

from kill import Loop


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_at_random_moments(tmp_path):
    loop = Loop(tmp_path, seed=2026)
    loop.run(kills=25)
    print(loop.summary())
    loop.close()
