//! Keeps an audit from being used to look into a private network: a card may name any address, and whoever audits may
//! stand where that address means something else than to the public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, ClientBuilder, Url};

/// How many redirects are followed.
const REDIRECTS: usize = 10;

/// Which machines may be asked.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// The host of the hub: whoever audits has named it.
    hub: Option<Arc<str>>,
    /// Whether all may.
    all: bool,
}

impl Guard {
    /// Lets pass what is public, and the host of the hub; `all` lets everything pass.
    pub(crate) fn new(hub: Option<&str>, all: bool) -> Self {
        let host = hub.and_then(|hub| Url::parse(hub).ok()?.host_str().map(Arc::from));
        Self { hub: host, all }
    }

    /// A client that asks no other machines, wherever redirects and names lead.
    pub(crate) fn client(&self, builder: ClientBuilder) -> reqwest::Result<Client> {
        let guard = self.clone();
        let policy = Policy::custom(move |attempt| guard.follow(attempt));
        builder.redirect(policy).dns_resolver(Arc::new(self.clone())).build()
    }

    /// Whether an address may be asked, as far as it tells by itself; names are looked at when they are resolved.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("`{url}` is not an address of the web"));
        }
        let host = url.host_str().unwrap_or_default();
        // An address in brackets is one of IPv6.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(ip) if !self.passes(host, ip) => Err(Private(host.to_owned()).to_string()),
            _ => Ok(()),
        }
    }

    fn follow(&self, attempt: Attempt<'_>) -> reqwest::redirect::Action {
        if attempt.previous().len() > REDIRECTS {
            return attempt.error("more redirects than are followed");
        }
        match self.check(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(why) => attempt.error(why),
        }
    }

    fn passes(&self, host: &str, ip: IpAddr) -> bool {
        self.all || is_public(ip) || self.hub.as_deref().is_some_and(|hub| hub.eq_ignore_ascii_case(host))
    }
}

/// A machine that is not asked.
#[derive(Debug)]
pub(crate) struct Private(String);

impl std::fmt::Display for Private {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(host) = self;
        write!(out, "`{host}` is a machine of a private network; to ask it all the same, say --allow-private")
    }
}

impl std::error::Error for Private {}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let found = tokio::net::lookup_host((host, 0)).await?;
            let passing: Vec<SocketAddr> = found.filter(|address| guard.passes(host, address.ip())).collect();
            match passing.is_empty() {
                true => Err(Private(host.to_owned()).into()),
                false => Ok(Box::new(passing.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address belongs to the public internet (IANA's registries of special-purpose addresses).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        // "This network", shared (100.64/10), protocol assignments, 6to4 relays, benchmarking, multicast and reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 224;
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return is_public_v4(ip);
    }
    let segments = ip.segments();
    // NAT64 (64:ff9b::/96) ends in an address of IPv4.
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Only 2000::/3 is given out; in it, Teredo and other protocols (2001::/23), documentation and 6to4 are not for us.
    let unicast = segments[0] & 0xe000 == 0x2000;
    let protocols = segments[0] == 0x2001 && segments[1] < 0x200;
    let documentation = (segments[0] == 0x2001 && segments[1] == 0xdb8) || segments[0] == 0x3fff;
    unicast && !protocols && !documentation && segments[0] != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for ip in [
            "8.8.8.8",
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn an_address_written_in_numbers_passes_only_if_it_is_public_or_the_hub() {
        let url = |text: &str| Url::parse(text).unwrap();
        let guard = Guard::new(Some("http://127.0.0.1:8080"), false);
        for text in ["http://127.0.0.1:9/x", "https://8.8.8.8/", "https://example.org/"] {
            assert_eq!(guard.check(&url(text)), Ok(()), "{text}");
        }
        // The last three are spellings of 127.0.0.2 and 10.0.0.1 that browsers and curl take.
        for text in [
            "http://127.0.0.2/",
            "http://[::1]/",
            "file:///etc/passwd",
            "http://2130706434/",
            "http://0x7f.2/",
            "http://012.1/",
        ] {
            assert!(guard.check(&url(text)).is_err(), "{text}");
        }
        assert_eq!(Guard::new(None, true).check(&url("http://127.0.0.2/")), Ok(()));
    }
}
