"""How stories are told: twice, or only where they can be."""

import pytest

from hub import on_servers

# Large files travel by Xet, or by LFS where the client was told `HF_HUB_DISABLE_XET=1`.
both_ways = pytest.mark.parametrize("without_xet", [False, True], ids=["xet", "lfs"])

# Stories that measure the data folder, or move gigabytes.
on_disk_only = pytest.mark.skipif(on_servers(), reason="this hub keeps its bytes in S3")

# Stories about more than one server of a hub.
on_servers_only = pytest.mark.skipif(not on_servers(), reason="several servers share PostgreSQL and S3")
