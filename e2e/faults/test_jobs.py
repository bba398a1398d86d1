"""Work in the background and servers that are killed."""

from test_openness import ask, upload, wait_for_report


def test_an_audit_that_waits_when_the_server_is_killed_is_done_after_the_next_start(server):
    server.settings = ["--jobs-workers", "0"]
    server.restart()
    server.person("ada").does(upload)
    status, answer = ask(server, "ada/tiny")
    assert (status, answer["state"]) == (202, "waiting")
    server.settings = []
    server.restart()
    assert wait_for_report(server, "ada/tiny")["facts"]["files"] == 3
