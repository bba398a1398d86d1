//! What a hub says at its first start: its address, the administrator's token, and what to try next.

use std::io::Write;

use anyhow::{Context, Result};
use limpide_hub::Hub;

/// At the first start, makes the administrator and shows the token, this once. Later it only says the address.
pub(crate) async fn greet(hub: &Hub, address: &str) -> Result<()> {
    let words = match hub.first_administrator().await? {
        Some(token) => format!(
            "
limpide serves {address}

The administrator of this hub is `admin`. This token is shown only now; keep it safe:

    {token}

Try in another shell:

    export HF_ENDPOINT={address}
    hf auth login --token {token}
    hf upload admin/my-model ./folder

"
        ),
        None => format!("limpide serves {address}\n"),
    };
    std::io::stdout().write_all(words.as_bytes()).context("nobody reads the standard output")
}
