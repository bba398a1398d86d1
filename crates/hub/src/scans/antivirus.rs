//! The virus scanner beside the scan: asked once of each content. A scan does not wait for one that is away; what it
//! missed is shown to it when it is back.

use std::sync::OnceLock;

use limpide_clamav::Clamav;
use limpide_db::scans;
use limpide_formats::reading::ReadAt;
use limpide_safety::{Antivirus, Said};

use super::PAGE;
use crate::Hub;
use crate::content::aside;
use crate::error::Result;

/// The virus scanner, as one job asks it.
pub(super) struct Asked {
    clamav: Option<Clamav>,
    /// Its word when it was away: it is not waited for again in the same job.
    away: OnceLock<Antivirus>,
}

impl Asked {
    pub(super) fn new(hub: &Hub) -> Self {
        Self { clamav: hub.clamav().cloned(), away: OnceLock::new() }
    }

    /// What it says of a file; none where there is no virus scanner. Waits.
    pub(super) fn look(&self, bytes: &dyn ReadAt) -> Option<Antivirus> {
        let clamav = self.clamav.as_ref()?;
        if let Some(away) = self.away.get() {
            return Some(away.clone());
        }
        let antivirus = clamav.look(bytes);
        let Said::Away { why } = &antivirus.said else { return Some(antivirus) };
        tracing::warn!(why, "the scan goes on without the virus scanner: {why}");
        // What is kept is told to everybody; where the daemon listens is not.
        Some(self.away.get_or_init(|| Antivirus::away("it cannot be reached")).clone())
    }
}

/// Whether a virus scanner that is there might look at a content of which this was said.
pub(super) fn is_unlooked(said: Option<&str>) -> bool {
    matches!(said, None | Some("away"))
}

impl Hub {
    /// Whether the virus scanner of this hub is to be asked of a content of which this was said: also when it said
    /// nothing that tells anything.
    pub(super) fn is_to_be_asked(&self, said: Option<&str>) -> bool {
        self.clamav().is_some() && (is_unlooked(said) || said == Some("failed"))
    }

    /// Has the commits on which branches stand scanned, where the virus scanner has not looked at all contents, if it
    /// is there now: after it was away, and when a hub has one for the first time. Gives how many were asked for, of at
    /// most a page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scan_unlooked_heads(&self) -> Result<usize> {
        let Some(clamav) = self.clamav().cloned() else { return Ok(0) };
        if aside(move || Ok(clamav.version().is_err())).await? {
            return Ok(0);
        }
        self.ask_for_scans(scans::unlooked_heads(self.db(), PAGE).await?).await
    }
}
