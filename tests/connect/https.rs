//! Whom a connection over HTTPS trusts, who it says it is, and where its credentials never go: against a real
//! nginx, with certificates that the machine's own openssl made.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use http::{HeaderMap, HeaderValue, header};
use podium::connect::TlsSettings;
use podium::connect::question::Question;
use podium::connect::tls::{Tls, TlsError, TlsInput, client_config};
use podium::tracking::StoreError;
use podium::tracking::rest::{self, Address, Direct, DirectOptions, Options, Proxy, RestStore};
use secrecy::{ExposeSecret, SecretString};

use crate::common::fault::{FaultServer, Response};
use crate::common::nginx::{Certified, LIKE_MLFLOW, Nginx, Site};

const HERE: &str = "subjectAltName=DNS:localhost,IP:127.0.0.1";

/// One nginx for all of these tests, with a site for each kind of server.
pub(super) struct World {
    pub ca: Certified,
    other_ca: Certified,
    pub itself: Certified,
    version_1: Certified,
    wrong: Certified,
    client: Certified,
    pub vouched: u16,
    pub self_signed: u16,
    self_signed_12: u16,
    oldest: u16,
    oldest_12: u16,
    expired: u16,
    elsewhere: u16,
    asks_for_certificate: u16,
    pub plain: u16,
    socket: PathBuf,
    https_socket: PathBuf,
    _nginx: Nginx,
}

pub(super) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = Nginx::folder();
        let ca = Certified::itself(&folder, "Test authority", "");
        let other_ca = Certified::itself(&folder, "Another authority", "");
        let server = ca.issue("server", HERE);
        let itself = Certified::itself(&folder, "mlflow.corp", "DNS:localhost,IP:127.0.0.1");
        let version_1 = Certified::version_1(&folder, "old.corp");
        let wrong = ca.issue("wrong", "subjectAltName=DNS:other.corp");
        let expired = ca.issue_for("expired", HERE, "20240101000000Z", "20240201000000Z");
        let client = ca.issue("ana", "extendedKeyUsage=clientAuth");
        let (socket, https_socket) = (folder.join("plain.sock"), folder.join("https.sock"));
        let tls_12 = "ssl_protocols TLSv1.2;";
        let sites = [
            Site::https(&server).with(LIKE_MLFLOW),
            Site::https(&itself).with(LIKE_MLFLOW),
            Site::https(&itself).with(tls_12).with(LIKE_MLFLOW),
            Site::https(&version_1).with(LIKE_MLFLOW),
            Site::https(&version_1).with(tls_12).with(LIKE_MLFLOW),
            Site::https(&expired).with(LIKE_MLFLOW),
            Site::https(&wrong).with(LIKE_MLFLOW),
            Site::https(&server)
                .with(format!("ssl_client_certificate \"{}\"; ssl_verify_client on;", ca.certificate.display()))
                .with(LIKE_MLFLOW),
            Site::http().with(LIKE_MLFLOW),
            Site::at_socket(&socket).with(LIKE_MLFLOW),
            Site::https_at_socket(&https_socket, &server).with(LIKE_MLFLOW),
        ];
        let nginx = Nginx::start(&folder, &sites);
        let port = |index: usize| sites[index].port();
        World {
            vouched: port(0),
            self_signed: port(1),
            self_signed_12: port(2),
            oldest: port(3),
            oldest_12: port(4),
            expired: port(5),
            elsewhere: port(6),
            asks_for_certificate: port(7),
            plain: port(8),
            ca,
            other_ca,
            itself,
            version_1,
            wrong,
            client,
            socket,
            https_socket,
            _nginx: nginx,
        }
    })
}

fn path(file: &Path) -> Option<String> {
    Some(file.display().to_string())
}

pub(super) fn trusting(ca: &Certified) -> TlsSettings {
    TlsSettings { ca_file: path(&ca.certificate), ..TlsSettings::default() }
}

pub(super) fn pinned(pin: &str) -> TlsSettings {
    TlsSettings { pin: Some(pin.to_owned()), ..TlsSettings::default() }
}

pub(super) fn tls(settings: &TlsSettings) -> Tls {
    client_config(TlsInput { settings, client_key_passphrase: None }).unwrap()
}

pub(super) async fn connected_with(url: &str, direct: DirectOptions, options: Options) -> Result<(), StoreError> {
    let address = Address::parse(url).unwrap();
    let http = Direct::new(&address, direct).unwrap();
    RestStore::connect_over(address, http, options).await.map(|_| ())
}

async fn connected(port: u16, tls: &Tls) -> Result<(), StoreError> {
    let direct = DirectOptions { tls: Some(tls.config.clone()), ..DirectOptions::default() };
    connected_with(&format!("https://localhost:{port}"), direct, Options::default()).await
}

async fn untrusted(port: u16, tls: &Tls) -> String {
    match connected(port, tls).await {
        Err(StoreError::Untrusted { reason, .. }) => reason,
        other => panic!("this should not be trusted: {other:?}"),
    }
}

#[tokio::test]
async fn an_extra_authority_is_trusted_beside_the_systems_own() {
    let world = world();
    let with = tls(&trusting(&world.ca));
    connected(world.vouched, &with).await.unwrap();
    assert_eq!(with.refused(), None);

    for settings in [TlsSettings::default(), trusting(&world.other_ca)] {
        let without = tls(&settings);
        let reason = untrusted(world.vouched, &without).await;
        assert!(reason.contains("no authority"), "{reason}");
        let refused = without.refused().unwrap();
        assert_eq!(refused.reason, reason);
        assert_eq!((refused.subject.as_str(), refused.issuer.as_str()), ("CN=server", "CN=Test authority"));
        assert!(!refused.pinned_changed);
    }

    // Without any settings of the profile the answer is the same, in the same words.
    let error = RestStore::connect(&format!("https://localhost:{}", world.vouched)).await.err();
    assert!(
        matches!(&error, Some(StoreError::Untrusted { reason, .. }) if reason.contains("no authority")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_self_signed_server_is_shown_and_trusted_only_as_the_one_it_is() {
    let world = world();
    for (port, shown) in [
        (world.self_signed, &world.itself),
        (world.self_signed_12, &world.itself),
        (world.oldest, &world.version_1),
        (world.oldest_12, &world.version_1),
    ] {
        // First use is a question to the user, never an answer by itself.
        let asking = tls(&TlsSettings { pin_on_first_use: true, ..TlsSettings::default() });
        untrusted(port, &asking).await;
        let refused = asking.refused().unwrap();
        assert_eq!(refused.fingerprint, shown.fingerprint());
        let Question::Certificate { fingerprint, reason, .. } = refused.question("https://localhost") else { panic!() };
        assert_eq!((fingerprint, reason), (refused.fingerprint.clone(), refused.reason.clone()));
        // Nothing was learned by asking.
        untrusted(port, &asking).await;

        connected(port, &tls(&pinned(&refused.pin))).await.unwrap();
        connected(port, &tls(&pinned(&refused.fingerprint))).await.unwrap();
        // The answer of the user counts from the next connection on, also for those who had the configuration before.
        let config = asking.config.clone();
        asking.trust(&refused.pin);
        let direct = DirectOptions { tls: Some(config), ..DirectOptions::default() };
        connected_with(&format!("https://127.0.0.1:{port}"), direct, Options::default()).await.unwrap();
        assert_eq!(asking.refused(), None);
    }
}

#[tokio::test]
async fn what_is_shown_of_a_certificate_is_what_openssl_reads_in_it() {
    let world = world();
    let without = tls(&TlsSettings::default());
    let reason = untrusted(world.self_signed, &without).await;
    assert!(reason.contains("self-signed"), "{reason}");
    let refused = without.refused().unwrap();
    assert_eq!((refused.subject.as_str(), refused.issuer.as_str()), ("CN=mlflow.corp", "CN=mlflow.corp"));
    assert_eq!(refused.names, ["localhost", "127.0.0.1"]);
    assert_eq!(refused.asked_for, "localhost");
    let dates = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-dates", "-dateopt", "iso_8601", "-in"])
        .arg(&world.itself.certificate)
        .output()
        .unwrap();
    let dates = String::from_utf8(dates.stdout).unwrap().replace(' ', "T");
    assert_eq!(dates, format!("notBefore={}\nnotAfter={}\n", refused.not_before, refused.not_after));
}

#[tokio::test]
async fn a_pin_is_for_one_certificate_and_no_authority_helps_another() {
    let world = world();
    let settings = TlsSettings { pin: Some(world.itself.fingerprint()), ..trusting(&world.ca) };
    let tls = tls(&settings);
    let reason = untrusted(world.vouched, &tls).await;
    assert!(reason.contains("not the certificate that was pinned"), "{reason}");
    let refused = tls.refused().unwrap();
    assert!(refused.pinned_changed);
    assert_eq!(refused.subject, "CN=server");
    connected(world.self_signed, &tls).await.unwrap();
}

#[tokio::test]
async fn an_expired_certificate_and_one_for_another_name_are_refused() {
    let world = world();
    let tls = tls(&trusting(&world.ca));
    let reason = untrusted(world.expired, &tls).await;
    assert!(reason.contains("expired"), "{reason}");
    assert_eq!(tls.refused().unwrap().not_after, "2024-02-01T00:00:00Z");
    let reason = untrusted(world.elsewhere, &tls).await;
    assert!(reason.contains("other.corp") && reason.contains("not for localhost"), "{reason}");
    // A pin was chosen with the certificate in view: its name is no matter then.
    connected(world.elsewhere, &self::tls(&pinned(&world.wrong.fingerprint()))).await.unwrap();
}

#[tokio::test]
async fn a_self_signed_certificate_in_the_ca_file_is_trusted_for_its_own_names() {
    let world = world();
    connected(world.self_signed, &tls(&trusting(&world.itself))).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let wrong = Certified::itself(folder.path(), "other.corp", "DNS:other.corp");
    let place = Nginx::folder();
    let site = Site::https(&wrong).with(LIKE_MLFLOW);
    let nginx = Nginx::start(&place, std::slice::from_ref(&site));
    let reason = untrusted(site.port(), &tls(&trusting(&wrong))).await;
    assert!(reason.contains("not for localhost"), "{reason}");
    drop(nginx);
    assert!(!place.exists());
}

/// A copy of a certificate is worth nothing without its key.
#[tokio::test]
async fn the_pinned_certificate_in_the_hands_of_another_is_refused() {
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::{CertificateDer, PrivateKeyDer};
    let world = world();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    for copied in [&world.itself, &world.version_1] {
        let certificate = CertificateDer::from_pem_file(&copied.certificate).unwrap();
        let key = PrivateKeyDer::from_pem_file(&world.wrong.key).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let shown = Arc::new(rustls::sign::CertifiedKey::new(vec![certificate], key));
        for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
            let config = rustls::ServerConfig::builder_with_provider(provider.clone())
                .with_protocol_versions(&[version])
                .unwrap()
                .with_no_client_auth()
                .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(shown.clone())));
            let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let config = Arc::new(config);
            let thief = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut connection = rustls::ServerConnection::new(config).unwrap();
                while connection.is_handshaking() {
                    if connection.complete_io(&mut stream).is_err() {
                        return false;
                    }
                }
                true
            });
            let reason = untrusted(port, &tls(&pinned(&copied.fingerprint()))).await;
            assert!(reason.contains("cannot prove"), "{reason}");
            assert!(!thief.join().unwrap(), "the handshake was completed");
        }
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_with_a_key_in_any_of_its_forms() {
    let world = world();
    let client = &world.client;
    let reach = async |key: Option<&Path>, certificate: &Path, passphrase: Option<&str>| {
        let settings = TlsSettings {
            client_certificate_file: path(certificate),
            client_key_file: key.and_then(path),
            ..trusting(&world.ca)
        };
        let passphrase = passphrase.map(SecretString::from);
        let tls = client_config(TlsInput { settings: &settings, client_key_passphrase: passphrase })?;
        connected(world.asks_for_certificate, &tls).await.unwrap();
        Ok::<(), TlsError>(())
    };
    let without = connected(world.asks_for_certificate, &tls(&trusting(&world.ca))).await;
    assert!(
        matches!(&without, Err(StoreError::NeedsUser { reason, .. }) if reason.contains("wants a client certificate")),
        "{without:?}"
    );

    reach(Some(&client.key), &client.certificate, None).await.unwrap();
    let sec1 = client.key_as("sec1", "ec");
    reach(Some(&sec1), &client.certificate, None).await.unwrap();
    let both = client.key.with_extension("both");
    let text = std::fs::read_to_string(&client.certificate).unwrap() + &std::fs::read_to_string(&client.key).unwrap();
    std::fs::write(&both, text).unwrap();
    reach(None, &both, None).await.unwrap();
    let rsa = world.ca.issue("rsa", "extendedKeyUsage=clientAuth");
    rsa_instead(&rsa, world);
    reach(Some(&rsa.key_as("pkcs1", "rsa -traditional")), &rsa.certificate, None).await.unwrap();

    for (name, how) in [
        ("aes", "pkcs8 -topk8 -v2 aes-256-cbc -passout pass:open-sesame"),
        ("scrypt", "pkcs8 -topk8 -scrypt -scrypt_N 1024 -passout pass:open-sesame"),
    ] {
        let locked = client.key_as(name, how);
        reach(Some(&locked), &client.certificate, Some("open-sesame")).await.unwrap();
        let without = reach(Some(&locked), &client.certificate, None).await;
        assert!(matches!(&without, Err(TlsError::KeyNeedsPassphrase { file }) if *file == locked), "{without:?}");
        for _ in 0..20 {
            let wrong = reach(Some(&locked), &client.certificate, Some("open-sesam")).await;
            assert_eq!(wrong, Err(TlsError::WrongPassphrase { file: locked.clone() }));
        }
    }

    for how in ["ec -aes256 -passout pass:x", "pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:x"] {
        let old = client.key_as("old", how);
        let error = reach(Some(&old), &client.certificate, Some("x")).await;
        assert_eq!(error, Err(TlsError::OldEncryption { file: old }), "{how}");
    }
    let error = reach(Some(&world.wrong.key), &client.certificate, None).await.unwrap_err();
    assert!(error.to_string().contains("wrong.key") && error.to_string().contains("another one"), "{error}");
    let error = reach(Some(Path::new("/nowhere/ana.key")), &client.certificate, None).await.unwrap_err();
    assert_eq!(error.to_string(), "/nowhere/ana.key: there is no such file");
    let error = reach(None, &client.certificate, None).await.unwrap_err();
    assert!(matches!(error, TlsError::NoKey { .. }), "{error}");
    let error = reach(None, &client.key, None).await.unwrap_err();
    assert!(matches!(error, TlsError::NoCertificate { .. }), "{error}");

    let stranger = world.other_ca.issue("eve", "extendedKeyUsage=clientAuth");
    let settings = TlsSettings {
        client_certificate_file: path(&stranger.certificate),
        client_key_file: path(&stranger.key),
        ..trusting(&world.ca)
    };
    let error = connected(world.asks_for_certificate, &tls(&settings)).await;
    assert!(
        matches!(&error, Err(StoreError::NeedsUser { reason, .. }) if reason.contains("does not accept")),
        "{error:?}"
    );
}

/// Replaces a certificate and its key by ones with an RSA key.
fn rsa_instead(certified: &Certified, world: &World) {
    let run = |arguments: &[&str]| {
        let done = std::process::Command::new("openssl").args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let (key, certificate) = (path(&certified.key).unwrap(), path(&certified.certificate).unwrap());
    let request = format!("{key}.csr");
    let extensions = format!("{key}.ext");
    std::fs::write(&extensions, "extendedKeyUsage=clientAuth\n").unwrap();
    run(&["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=rsa", "-keyout", &key, "-out", &request]);
    let (ca, ca_key) = (path(&world.ca.certificate).unwrap(), path(&world.ca.key).unwrap());
    let signing = ["-CA", &ca, "-CAkey", &ca_key, "-set_serial", "7", "-extfile", &extensions];
    run(&[&["x509", "-req", "-in", &request, "-days", "3", "-out", &certificate], &signing[..]].concat());
}

#[test]
fn what_is_wrong_with_a_ca_file_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let said = |contents: &[u8]| {
        std::fs::write(&file, contents).unwrap();
        let settings = TlsSettings { ca_file: path(&file), ..TlsSettings::default() };
        client_config(TlsInput { settings: &settings, client_key_passphrase: None }).unwrap_err().to_string()
    };
    for contents in [
        &b""[..],
        b"\x30\x82\x01\x00",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n",
        b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let said = said(contents);
        assert!(said.starts_with(&file.display().to_string()), "{said}");
    }
    let settings = TlsSettings { ca_file: path(folder.path()), ..TlsSettings::default() };
    assert!(client_config(TlsInput { settings: &settings, client_key_passphrase: None }).is_err());
}

#[tokio::test]
async fn http_and_https_taken_for_each_other_are_told_apart() {
    let world = world();
    let error = connected(world.plain, &tls(&TlsSettings::default())).await;
    assert!(
        matches!(&error, Err(StoreError::Unreachable { reason, .. }) if reason.contains("does not speak TLS")),
        "{error:?}"
    );
    let error = RestStore::connect(&format!("http://localhost:{}", world.vouched)).await.err();
    assert!(matches!(&error, Some(StoreError::NotMlflow { reason, .. }) if reason.contains("https://")), "{error:?}");
}

/// A recorder that answers like a server, behind an nginx that speaks TLS; with what was asked of it.
fn recorder() -> FaultServer {
    FaultServer::scripted(|request| match request.path() {
        path if path.ends_with("/version") => Response::text(200, "3.17.2"),
        path if path.ends_with("/server-info") => Response::json(r#"{"store_type":"SqlStore"}"#),
        path if path.ends_with("/experiments/search") => Response::json(r#"{"experiments":[{"experiment_id":"0"}]}"#),
        _ => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
    })
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let sensitive = |text: &str| {
        let mut value = HeaderValue::from_str(text).unwrap();
        value.set_sensitive(true);
        value
    };
    pairs.iter().map(|(name, text)| (header::HeaderName::from_static(name), sensitive(text))).collect()
}

#[tokio::test]
async fn credentials_headers_and_a_host_of_ones_own_arrive_and_tls_still_asks_for_the_address() {
    let recorder = recorder();
    let folder = Nginx::folder();
    let shown = Certified::itself(&folder, "server", "DNS:localhost");
    let proxy = format!(
        "location / {{ proxy_pass {}; proxy_set_header Host $http_host; proxy_set_header X-Sni $ssl_server_name; }}",
        recorder.url
    );
    let socket = folder.join("socket");
    let sites = [Site::https(&shown).with(&proxy), Site::https_at_socket(&socket, &shown).with(&proxy)];
    let _nginx = Nginx::start(&folder, &sites);
    let basic = rest::basic("ana", &SecretString::from("pä:ss"));
    let options = Options {
        headers: headers(&[
            ("authorization", basic.expose_secret()),
            ("cookie", "session=abc; other=d"),
            ("cf-access-client-secret", "s3cret"),
            ("host", "mlflow.corp:8443"),
        ]),
        ..Options::default()
    };
    for unix_socket in [None, Some(socket)] {
        let before = recorder.count();
        let tls = tls(&trusting(&shown));
        let direct = DirectOptions { tls: Some(tls.config.clone()), unix_socket, ..DirectOptions::default() };
        let url = format!("https://localhost:{}/ml", sites[0].port());
        connected_with(&url, direct, options.clone()).await.unwrap();
        let asked = recorder.requests().split_off(before);
        assert!(asked.len() >= 4);
        for request in &asked {
            assert_eq!(request.header("host"), Some("mlflow.corp:8443"));
            assert_eq!(request.header("x-sni"), Some("localhost"));
            assert_eq!(request.header("authorization"), Some("Basic YW5hOnDDpDpzcw=="));
            assert_eq!(request.header("cookie"), Some("session=abc; other=d"));
            assert_eq!(request.header("cf-access-client-secret"), Some("s3cret"));
            assert_eq!(request.header("x-mlflow-workspace"), None);
            assert_eq!(request.header("origin"), None);
            assert!(request.path().starts_with("/ml/") || request.path() == "/version", "{}", request.target);
        }
    }
    // An own `Accept` or `Content-Type` must not break what is asked.
    let options = Options { headers: headers(&[("content-type", "text/x"), ("accept", "text/y")]), ..options };
    connected_with(&recorder.url, DirectOptions::default(), options).await.unwrap();
    let search = recorder.requests().into_iter().rfind(|request| request.path().ends_with("/search")).unwrap();
    assert_eq!(search.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_bearer_token_is_sent_as_it_is() {
    let recorder = recorder();
    let options = Options { headers: headers(&[("authorization", "Bearer abc.def")]), ..Options::default() };
    assert!(!format!("{options:?}").contains("abc.def"));
    connected_with(&recorder.url, DirectOptions::default(), options).await.unwrap();
    assert!(recorder.requests().iter().all(|request| request.header("authorization") == Some("Bearer abc.def")));
}

#[tokio::test]
async fn a_redirect_takes_nothing_along() {
    let thief = recorder();
    let folder = Nginx::folder();
    let elsewhere = Site::http().with(format!("location / {{ return 307 {}$request_uri; }}", thief.url));
    let login = Site::http().with(format!("location / {{ return 302 {}/login?ticket=s3cret; }}", thief.url));
    let below = Site::http().with("location = /ml/version { return 200; } location / { return 302 /ml$request_uri; }");
    let _nginx = Nginx::start(&folder, &[elsewhere.clone(), login.clone(), below.clone()]);
    let options = Options {
        headers: headers(&[("authorization", "Bearer abc"), ("x-api-key", "abc"), ("cookie", "a=b")]),
        ..Options::default()
    };
    let reason = async |site: &Site| {
        let url = format!("http://127.0.0.1:{}", site.port());
        match connected_with(&url, DirectOptions::default(), options.clone()).await {
            Err(StoreError::NotMlflow { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    };
    let moved = reason(&elsewhere).await;
    assert!(moved.contains(&format!("on to {}.", thief.url)) && moved.contains("make it the address"), "{moved}");
    let sent_to_login = reason(&login).await;
    assert!(
        sent_to_login.contains(&format!("{}/login", thief.url)) && !sent_to_login.contains("s3cret"),
        "{sent_to_login}"
    );
    let prefixed = reason(&below).await;
    assert!(prefixed.contains(&format!("on to http://127.0.0.1:{}/ml.", below.port())), "{prefixed}");
    assert_eq!(thief.count(), 0, "{:?}", thief.requests());
}

#[tokio::test]
async fn nginx_can_guard_a_server_with_a_password() {
    let folder = Nginx::folder();
    std::fs::write(folder.join("users"), "ana:{PLAIN}open sesame\n").unwrap();
    let site = Site::http()
        .with(format!("auth_basic corp; auth_basic_user_file {};", folder.join("users").display()))
        .with("location /ml/ { rewrite ^/ml(/.*)$ $1 last; }")
        .with("location = /version { return 200 3.17.2; }")
        .with("location ~ /search$ { try_files /none @ok; } location / { try_files /none @none; }")
        .with("location @ok { default_type application/json; return 200 '{\"experiments\":[{\"experiment_id\":\"0\"}]}'; }")
        .with("location @none { default_type application/json; return 404 '{\"error_code\":\"NOT_FOUND\"}'; }");
    let _nginx = Nginx::start(&folder, std::slice::from_ref(&site));
    let url = format!("http://localhost:{}/ml", site.port());
    let reach = async |password: Option<&str>| {
        let basic = password.map(|password| rest::basic("ana", &SecretString::from(password)));
        let headers = basic.map_or_else(HeaderMap::new, |basic| headers(&[("authorization", basic.expose_secret())]));
        connected_with(&url, DirectOptions::default(), Options { headers, ..Options::default() }).await
    };
    reach(Some("open sesame")).await.unwrap();
    for refused in [None, Some("open")] {
        let error = reach(refused).await;
        assert!(matches!(error, Err(StoreError::Unauthenticated { .. })), "{error:?}");
    }
}

#[tokio::test]
async fn a_unix_socket_takes_the_place_of_the_port() {
    let world = world();
    let at = |socket: &Path| DirectOptions { unix_socket: Some(socket.to_owned()), ..DirectOptions::default() };
    connected_with("http://mlflow.corp", at(&world.socket), Options::default()).await.unwrap();
    let tls = tls(&trusting(&world.ca));
    let direct = DirectOptions { tls: Some(tls.config.clone()), ..at(&world.https_socket) };
    connected_with("https://localhost", direct.clone(), Options::default()).await.unwrap();
    let error = connected_with("https://mlflow.corp", direct, Options::default()).await;
    assert!(matches!(error, Err(StoreError::Untrusted { .. })), "{error:?}");
    let error = connected_with("http://mlflow.corp", at(Path::new("/nowhere/socket")), Options::default()).await;
    assert!(
        matches!(&error, Err(StoreError::Unreachable { reason, .. }) if reason.contains("no such socket")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_proxy_of_the_profile_is_used() {
    let proxy = recorder();
    let direct = DirectOptions { proxy: Proxy::Fixed(proxy.url.clone()), ..DirectOptions::default() };
    connected_with("http://mlflow.far.example/ml", direct, Options::default()).await.unwrap();
    let asked = proxy.requests();
    assert!(asked.iter().all(|request| request.target.starts_with("http://mlflow.far.example/")), "{asked:?}");
    assert!(asked.iter().all(|request| request.header("host") == Some("mlflow.far.example")), "{asked:?}");
}

/// This test program again, with one of its tests and another environment: that of this process is not to be touched.
fn in_another_process(test: &str) -> std::process::Command {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args([&format!("https::{test}"), "--exact", "--test-threads=1"]);
    child
}

#[test]
fn a_machine_without_authorities_uses_our_own_list_and_knows_it() {
    for (certificates, mode) in [(Some("/dev/null"), "own"), (None, "system")] {
        let mut child = in_another_process("roots_in_an_environment");
        if let Some(file) = certificates {
            child.env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
        }
        let done = child.env("PODIUM_TEST_ROOTS", mode).output().unwrap();
        assert!(done.status.success(), "{mode}: {}", String::from_utf8_lossy(&done.stdout));
    }
}

#[tokio::test]
async fn roots_in_an_environment() {
    let Ok(mode) = std::env::var("PODIUM_TEST_ROOTS") else { return };
    let world = world();
    let without = tls(&TlsSettings::default());
    assert_eq!(without.own_roots, mode == "own");
    untrusted(world.vouched, &without).await;
    connected(world.vouched, &tls(&trusting(&world.ca))).await.unwrap();
}

#[test]
fn the_systems_proxy_is_for_other_machines_only() {
    let (proxy, server) = (recorder(), recorder());
    for (url, mode) in [
        (server.url.as_str(), "system"),
        ("http://mlflow.far.example", "system"),
        ("http://mlflow.far.example", "none"),
    ] {
        let before = proxy.count();
        let mut child = in_another_process("asked_in_an_environment_with_a_proxy");
        child.env_remove("NO_PROXY").env_remove("no_proxy");
        child.env("http_proxy", &proxy.url).env("HTTP_PROXY", &proxy.url);
        let done = child.env("PODIUM_TEST_ASKS", url).env("PODIUM_TEST_PROXY", mode).output().unwrap();
        let used = proxy.count() > before;
        assert_eq!(used, mode == "system" && url != server.url, "{url} {mode}");
        assert_eq!(done.status.success(), mode == "system", "{}", String::from_utf8_lossy(&done.stdout));
    }
    assert!(server.count() > 0);
}

#[tokio::test]
async fn asked_in_an_environment_with_a_proxy() {
    let Ok(url) = std::env::var("PODIUM_TEST_ASKS") else { return };
    let proxy = if std::env::var("PODIUM_TEST_PROXY").unwrap() == "system" { Proxy::System } else { Proxy::None };
    let retry_policy = rest::RetryPolicy { tries: 1, ..rest::RetryPolicy::default() };
    let limits = rest::Limits { retry_policy, ..rest::Limits::default() };
    let direct = DirectOptions { proxy, ..DirectOptions::default() };
    connected_with(&url, direct, Options { limits, ..Options::default() }).await.unwrap();
}
