//! What the compiler tells a user who made a mistake, and what it must accept.
//!
//! They are here because each dependency for tests is built once more for these programs, and this crate has few.
//! `TRYBUILD=overwrite cargo test -p graph-macros --test ui` rewrites the expected messages.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.pass("tests/ui/remote/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.compile_fail("tests/ui/remote/fail/*.rs");
}
