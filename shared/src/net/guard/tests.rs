use super::*;

fn check(url: &str, allow_loopback: bool) -> Result<(), ForbiddenAddress> {
    // The `http` crate refuses these before the guard sees them.
    url.parse::<Uri>().map_or(Err(ForbiddenAddress::Host), |uri| syntax(&uri, allow_loopback))
}

#[test]
fn public_https_addresses_pass() {
    for url in [
        "https://example.com",
        "https://example.com/",
        "https://example.com:443/a?b=c",
        "https://EXAMPLE.com/@user:pass@x",
        "https://a-b.c_d.example.co.uk/x",
        "https://xn--mnchen-3ya.de/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://[2606:4700:4700::1111]:443/",
        "https://0x7f.example.com/",
        "https://127.0.0.1.example.com/",
    ] {
        assert_eq!(check(url, false), Ok(()), "{url}");
    }
}

#[test]
fn hostile_addresses_are_refused() {
    use ForbiddenAddress::{Host, NoHost, NotPublic, Port, Scheme, UserInfo};
    for (url, reason) in [
        ("http://example.com/", Scheme),
        ("http://example.com:443/", Scheme),
        ("ftp://example.com/", Scheme),
        ("HTTP://example.com/", Scheme),
        ("example.com", Scheme),
        ("/path", NoHost),
        ("*", NoHost),
        ("https://user@example.com/", UserInfo),
        ("https://user:pass@example.com/", UserInfo),
        ("https://example.com@169.254.169.254/", UserInfo),
        ("https://@example.com/", UserInfo),
        ("https://example.com:8443/", Port),
        ("https://example.com:80/", Port),
        ("https://example.com:0443/", Port),
        ("https://example.com:/", Port),
        ("https://[2606:4700:4700::1111]:8443/", Port),
        ("https://localhost/", Host),
        ("https://metadata/", Host),
        ("https://example.com./", Host),
        ("https://localhost./", Host),
        ("https://a.localhost/", Host),
        ("https://localhost.localdomain/", Host),
        ("https://printer.local/", Host),
        ("https://metadata.google.INTERNAL/", Host),
        ("https://a..example.com/", Host),
        ("https://.example.com/", Host),
        ("https://-a.example.com/", Host),
        ("https://exa%6dple.com/", Host),
        ("https://exa$mple.com/", Host),
        ("https://①②⑦.⓪.⓪.①/", Host),
        // Loopback and cloud metadata addresses in every form that a resolver accepts.
        ("https://127.0.0.1/", NotPublic),
        ("https://127.1/", Host),
        ("https://127.0.1/", Host),
        ("https://127.0.0.1./", Host),
        ("https://0177.0.0.1/", Host),
        ("https://127.0.0.01/", Host),
        ("https://0x7f.0.0.1/", Host),
        ("https://0x7f.1/", Host),
        ("https://0x7F000001/", Host),
        ("https://2130706433/", Host),
        ("https://017700000001/", Host),
        ("https://127.0.0.0x1/", Host),
        ("https://127.0.0.0X1/", Host),
        ("https://127.0.0.0x/", Host),
        ("https://1.2.3.4.5/", Host),
        ("https://256.1.1.1/", Host),
        ("https://a.b.1/", Host),
        ("https://0/", Host),
        ("https://0.0.0.0/", NotPublic),
        ("https://169.254.169.254/latest/meta-data/", NotPublic),
        ("https://0xA9FEA9FE/", Host),
        ("https://2852039166/", Host),
        ("https://[::1]/", NotPublic),
        ("https://[0:0:0:0:0:0:0:1]/", NotPublic),
        ("https://[::]/", NotPublic),
        ("https://[::ffff:127.0.0.1]/", NotPublic),
        ("https://[::ffff:a9fe:a9fe]/", NotPublic),
        ("https://[::127.0.0.1]/", NotPublic),
        ("https://[fd00:ec2::254]/", NotPublic),
        ("https://[fe80::1%25eth0]/", Host),
        ("https://[v1.fe80::1]/", Host),
        ("https://[::1/", Host),
        ("https://[]/", Host),
    ] {
        assert_eq!(check(url, false), Err(reason), "{url}");
    }
}

#[test]
fn allow_loopback_allows_loopback_and_nothing_else() {
    for url in [
        "http://localhost/",
        "http://localhost:2583/xrpc",
        "https://localhost:8443/",
        "http://127.0.0.1:2583/",
        "http://127.8.9.1/",
        "http://[::1]:2583/",
        "https://example.com/",
    ] {
        assert_eq!(check(url, true), Ok(()), "{url}");
    }
    for url in [
        "http://example.com/",
        "https://example.com:8443/",
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://127.1/",
        "http://2130706433/",
        "http://localhost.example.com/",
        "http://user@localhost/",
        "ftp://localhost/",
        "https://[64:ff9b::7f00:1]/",
    ] {
        assert!(check(url, true).is_err(), "{url}");
    }
}

#[test]
fn addresses_are_checked_by_range() {
    let at = |ip: &str| address(ip.parse().unwrap(), false);
    let public = "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
        169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 \
        223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2a00:1450::1 2c0f:fb50::1 3ffe::1 ::ffff:8.8.8.8 \
        64:ff9b::8.8.8.8";
    for ip in public.split_whitespace() {
        assert_eq!(at(ip), Ok(()), "{ip}");
    }
    let refused = "0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 \
        168.63.129.16 169.254.0.0 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.170 192.0.2.1 \
        192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 \
        239.255.255.255 240.0.0.0 255.255.255.255 \
        :: ::1 ::8.8.8.8 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:8.8.8.8 64:ff9b::10.0.0.1 \
        64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1 2001::1 2001:2::1 2001:10::1 2001:20::1 \
        2001:1ff::1 2001:db8::1 2002:808:808::1 2002:7f00:1::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 \
        fd00:ec2::254 fe80::1 febf::1 fec0::1 ff02::1";
    for ip in refused.split_whitespace() {
        assert_eq!(at(ip), Err(ForbiddenAddress::NotPublic), "{ip}");
    }
}

#[test]
fn allow_loopback_does_not_allow_embedded_loopback_addresses() {
    let at = |ip: &str| address(ip.parse().unwrap(), true);
    for ip in ["127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1", "8.8.8.8"] {
        assert_eq!(at(ip), Ok(()), "{ip}");
    }
    for ip in ["10.0.0.1", "0.0.0.0", "::", "fd00::1", "64:ff9b::127.0.0.1", "::127.0.0.1"] {
        assert_eq!(at(ip), Err(ForbiddenAddress::NotPublic), "{ip}");
    }
}
