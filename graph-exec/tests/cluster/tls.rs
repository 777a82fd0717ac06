//! Clusters with TLS.

use std::{fs, path::Path, process::Command};

use graph_exec::cluster::Cluster;

use crate::{
    Test,
    fleet::{self, Fleet, execute},
    functions::*,
    refusals::refusal,
};

pub(crate) const TESTS: &[Test] =
    &[("both_sides_prove_who_they_are", both_sides_prove_who_they_are)];

/// Writes an authority's certificate, and a certificate that it has signed with its key: `ca.pem`,
/// `cert.pem` and `key.pem`.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        execute(Command::new("openssl").args(arguments.split(' ')).current_dir(folder)).unwrap();
    };
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca",
    );
    openssl("req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost");
    fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n").unwrap();
    openssl(
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 \
         -extfile names",
    );
}

fn both_sides_prove_who_they_are() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ca, cert, key) = (file("ca.pem"), file("cert.pem"), file("key.pem"));
    let options = ["--tls-ca-file", &ca, "--tls-cert", &cert, "--tls-key", &key];
    let mut fleet =
        Fleet::scheduler(&options, &[("DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "True")]);
    assert!(fleet.address.starts_with("tls://"), "{}", fleet.address);
    fleet.add_worker(&[]);
    fleet.add_worker(&[]);
    fleet.wait_for_workers(2);
    let python = fleet::python().unwrap();
    let cluster = Cluster::builder(&fleet.address).python(python);
    let connected = cluster.clone().tls(&ca, &cert, &key).connect().unwrap();
    assert_eq!(connected.compute(tree(20)).unwrap(), (1..=20).sum::<i64>());

    // A client without a certificate is refused.
    let plain = fleet.address.replace("tls://", "tcp://");
    let text = refusal(Cluster::builder(plain).python(python));
    assert!(text.contains("no Dask scheduler answers") && text.contains("`.tls("), "{text}");
    let text = refusal(cluster);
    assert!(text.contains(".tls("), "{text}");
    // So is one whose certificate another authority has signed.
    let other = tempfile::tempdir().unwrap();
    certificates(other.path());
    let file = |name: &str| other.path().join(name);
    let stranger = Cluster::builder(&fleet.address).python(python);
    refusal(stranger.tls(&ca, file("cert.pem"), file("key.pem")));
}
