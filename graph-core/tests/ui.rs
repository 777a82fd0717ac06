//! What the compiler tells a user who made a mistake, and what it must accept.
//!
//! `TRYBUILD=overwrite cargo test -p graph-core --test ui` rewrites the expected messages.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}

#[cfg(feature = "remote")]
#[test]
fn mistakes_with_remote_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/remote/pass/*.rs");
    cases.compile_fail("tests/ui/remote/fail/*.rs");
}
