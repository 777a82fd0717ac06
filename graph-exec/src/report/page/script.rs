//! The script of a page.

/// The one script, with its parts in the order in which they run.
pub(super) const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("script/decode.js"),
    include_str!("script/time.js"),
    include_str!("script/view.js"),
    include_str!("script/theme.js"),
    include_str!("script/tooltip.js"),
    include_str!("script/axis.js"),
    include_str!("script/stripes.js"),
    include_str!("script/stream.js"),
    include_str!("script/series.js"),
    include_str!("script/controls.js"),
    include_str!("script/table.js"),
    include_str!("script/graph.js"),
    include_str!("script/compare.js"),
    include_str!("script/start.js"),
    "})();\n",
);

#[cfg(test)]
mod tests {
    use std::{process::Command, time::Duration};

    use graph_core::__run::format;

    /// Numbers around every change of unit and of digits, and those that lie in the middle of two
    /// roundings.
    fn numbers() -> Vec<u64> {
        let mut numbers = vec![0, 7, 3125, 3_135_000, 6_406_250, 59_950_000_000, 3_599_500_000_000];
        for base in [10, 16, 60, 1000, 1024] {
            let powers = std::iter::successors(Some(1u64), |&power| power.checked_mul(base));
            for power in powers.take_while(|&power| power < 1 << 40) {
                for share in [995, 9995, 9_996, 99_950, 9_765_625, 312_500] {
                    numbers.push(power * share / 10_000);
                }
                numbers.extend([power - 1, power, power + 1]);
            }
        }
        numbers
    }

    #[test]
    fn a_page_writes_times_bytes_and_counts_as_rust_does() {
        let numbers = numbers();
        let script = format!(
            "{}{:?}.forEach(n => console.log(`${{duration(n)}}|${{bytes(n)}}|${{grouped(n)}}`));",
            include_str!("script/time.js"),
            numbers,
        );
        let output = match Command::new("node").args(["--eval", &script]).output() {
            Ok(output) => output,
            Err(error) if std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none() => {
                eprintln!("skipped: node: {error}");
                return;
            }
            Err(error) => panic!("node: {error}"),
        };
        let wanted = numbers.iter().map(|&number| {
            format!(
                "{}|{}|{}",
                format::time(Duration::from_nanos(number)),
                format::bytes(number),
                format::grouped(number)
            )
        });
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.lines().map(str::to_owned).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    }
}
