//! Whom a hub believes when it looks at signatures that are not of a registered key: authorities and a Sigstore service,
//! as its settings say. Without them such signatures are not checked.

use limpide_signing::{Bundle, Material, Roots, Sigstore, Trust};

use crate::error::{Error, Result};
use crate::settings::{Signing, TrustedRoot};

/// Those who may vouch for signers.
#[derive(Debug)]
pub(crate) struct Vouching {
    roots: Option<Roots>,
    sigstore: Option<Sigstore>,
}

impl Vouching {
    /// Those of the settings.
    ///
    /// # Errors
    /// `Invalid` when one of them cannot be read.
    pub(crate) fn new(settings: &Signing) -> Result<Self> {
        let roots = settings.roots.as_deref().map(Roots::from_pem).transpose();
        let roots = roots.map_err(|refused| Error::Invalid(format!("`signing.roots`: {refused}.")))?;
        let sigstore = settings.trusted_root.as_ref().map(|root| match root {
            TrustedRoot::Public => Sigstore::anybody(None),
            TrustedRoot::Json(json) => Sigstore::anybody(Some(json)),
        });
        let sigstore = sigstore.transpose();
        let sigstore =
            sigstore.map_err(|refused| Error::Invalid(format!("`signing.trusted-root`: {refused}.")))?;
        Ok(Self { roots, sigstore })
    }

    /// What a signature without a registered key is checked against, or the setting that is not there.
    pub(crate) fn of(&self, bundle: &Bundle) -> std::result::Result<Trust<'_>, &'static str> {
        match bundle.material() {
            Material::Keyless(_) => self.sigstore.as_ref().map(Trust::Sigstore).ok_or("signing.trusted-root"),
            Material::Certificates(_) | Material::Key(_) => {
                self.roots.as_ref().map(Trust::Roots).ok_or("signing.roots")
            }
        }
    }
}
