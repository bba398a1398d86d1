"""How stories are told: twice, or only where they can be."""

import pytest

from hub import on_servers

# Large files travel by Xet, or by LFS where the client was told `HF_HUB_DISABLE_XET=1`.
both_ways = pytest.mark.parametrize("without_xet", [False, True], ids=["xet", "lfs"])

# Stories that measure the data folder, or move gigabytes.
on_disk_only = pytest.mark.skipif(on_servers(), reason="this hub keeps its bytes in S3")
