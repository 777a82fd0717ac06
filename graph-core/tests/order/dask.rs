//! The structures that dask's own tests for its order draw (`dask/tests/test_order.py`), with the
//! bounds that they set. Data flows upwards.

use crate::named::Named;

/// ```text
///    b0      b1             b0      b1
///   /  \    /  \    and    /  \    /  \
///  a0  a1  a2  a3         a0  a2  a1  a3
/// ```
#[test]
fn groups_stay_together() {
    for (text, [left, right]) in [
        ("b0: a0 a1; b1: a2 a3", [["a0", "a1"], ["a2", "a3"]]),
        ("b0: a0 a2; b1: a1 a3", [["a0", "a2"], ["a1", "a3"]]),
    ] {
        Named::new(text).for_each_order(|place| {
            assert_eq!(place(left[0]).abs_diff(place(left[1])), 1);
            assert_eq!(place(right[0]).abs_diff(place(right[1])), 1);
        });
    }
}

/// ```text
///  b0    b1  b2
///  |      \  /
///  a0      a1
/// ```
#[test]
fn a_branch_is_finished_before_the_next_one_starts() {
    Named::new("b0: a0; b1: a1; b2: a1").for_each_order(|place| {
        assert!(
            place("b0") < place("a1") || (place("b1") < place("a0") && place("b2") < place("a0"))
        );
    });
}

/// ```text
///         a3
///        /|
///      a2 |
///     /|  |
///   a1 |  |
///  /|  |  |
/// a0|  |  |
/// | |  |  |
/// b0 b1 b2 b3
///   \ \ / /
///      c
/// ```
#[test]
fn the_base_of_a_chain_of_sums_comes_first() {
    let graph = "a3: a2 b3; a2: a1 b2; a1: a0 b1; a0: b0; b0: c; b1: c; b2: c; b3: c";
    Named::new(graph).for_each_order(|place| {
        assert!(place("b0") <= 1);
        assert!(place("b1") <= 3);
    });
}

/// ```text
///    a1
///    |
///    a2
///    |
///    a3    d1      c1 is alive for d1 as well: d1 goes before another root does
///   /  \  /
/// b1    c1
/// |     |
/// b2    c2
///       |
///       c3
/// ```
#[test]
fn an_output_on_the_way_is_finished_before_another_root_starts() {
    Named::new("a1: a2; a2: a3; a3: b1 c1; b1: b2; c1: c2; c2: c3; d1: c1")
        .for_each_order(|place| assert!(place("d1") < place("b2")));
}

/// ```text
///      a1
///      |
/// e2   a2  d2  d3
/// |    |    \  /
/// e1   a3    d1
///  \  /  \  /
///   b1    c1
///   |     |
///   b2    c2
///         |
///         c3
/// ```
#[test]
fn the_taller_branch_comes_first_and_twins_stay_together() {
    let graph = "a1: a2; a2: a3; a3: b1 c1; b1: b2; c1: c2; c2: c3
                 d1: c1; d2: d1; d3: d1; e1: b1; e2: e1";
    Named::new(graph).for_each_order(|place| {
        assert!(place("c1") < place("b1"));
        assert_eq!(place("d2").abs_diff(place("d3")), 1);
    });
}

/// ```text
///       a
///     / | \
///    b  c |
///   / \ | /
///  e    d
/// ```
#[test]
fn what_needs_another_root_comes_before_what_does_not() {
    Named::new("a: b c d; b: d e; c: d").for_each_order(|place| assert!(place("b") < place("c")));
}

/// ```text
///      c
///      |
///  e   b
///  |   |
///  d   a
/// ```
#[test]
fn the_longer_chain_comes_first() {
    Named::new("c: b; b: a; e: d").for_each_order(|place| {
        assert!(place("a") < place("d"));
        assert!(place("b") < place("d"));
    });
}

/// ```text
///    a
///    |
/// d  b  e
///  \ | /
///    c
/// ```
#[test]
fn the_critical_path_comes_first() {
    Named::new("d: c; e: c; b: c; a: b").for_each_order(|place| {
        assert!(place("b") < place("d"));
        assert!(place("b") < place("e"));
    });
}

/// ```text
///          aa
///         / |
///    b   d  bb dd
///   / \ /|  | /
///  a   c e  cc
/// ```
#[test]
fn smaller_sections_keep_few_results() {
    assert!(Named::new("b: a c; d: c e; bb: cc; aa: d bb; dd: cc").pressure() <= 3);
}

/// ```text
///         c1
///         |
///     b1  c2
///     |  /|
/// a1  b2  c3
/// |  /|
/// a2  b3
/// |
/// a3
/// ```
#[test]
fn a_stack_is_finished_before_the_next_one_starts() {
    let graph = Named::new("a2: a3; a1: a2; b2: b3 a2; b1: b2; c2: c3 b2; c1: c2");
    graph.for_each_order(|place| {
        assert!(place("a1") < place("b2") && place("b1") < place("c2"));
    });
    assert!(graph.pressure() <= 2);
}

/// ```text
/// a1  a2  a3  a4  a5  a6  a7 a8  a9
///  \  |  /  \ |  /  \ |  / \ |  /
///     b1      b2      b3     b4
/// ```
#[test]
fn a_neighbourhood_is_finished_before_the_next_one_starts() {
    let graph = "a1: b1; a2: b1; a3: b1 b2; a4: b2; a5: b2 b3; a6: b3; a7: b3 b4; a8: b4; a9: b4";
    Named::new(graph).for_each_order(|place| {
        let early = |names: &[&str]| names.iter().filter(|name| 2 * place(name) < 13).count();
        let outputs = early(&["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"]);
        assert!((4..7).contains(&outputs), "{outputs}");
        assert!((2..4).contains(&early(&["b1", "b2", "b3", "b4"])));
    });
}

/// ```text
///              c2
///             / \ \
///           c1   \ \
///          /| \   \ \
///        c0 a0 b0 a1 b1
///            \  \ / /
///               ab
/// ```
#[test]
fn the_near_sum_comes_before_more_is_cut_from_what_is_shared() {
    let graph = "c2: c1 a1 b1; c1: c0 a0 b0; a0: ab; b0: ab; a1: ab; b1: ab";
    Named::new(graph).for_each_order(|place| {
        assert!(place("a0") < place("a1") && place("b0") < place("b1"));
        assert!(place("c1") < place("a1") && place("c1") < place("b1"));
    });
}

/// ```text
///  b1      b3      b5
///  |\    / | \  / |
///  c1  c2  c3  c4  c5
///  |/  | \ | / | \|
///  d1  d2  d3  d4  d5
///  |       |      |
///  e1      e3     e5
/// ```
#[test]
fn overlapping_blocks_are_swept_from_one_side() {
    let graph = "d1: e1; c1: d1; b1: c1 c2; c2: d1 d2 d3; d3: e3; c3: d3; b3: c2 c3 c4
                 c4: d3 d4 d5; d5: e5; c5: d5; b5: c4 c5";
    Named::new(graph).for_each_order(|place| {
        assert!(place("b1") < place("e5") || place("b5") < place("e1"));
    });
}

/// Ten windows over ten roots, three each, the first ones narrower. Numbers say nothing.
#[test]
fn structure_decides_and_not_the_order_of_creation() {
    let graph = Named::new(
        "b5: a2; b7: a0 a2; b9: a7 a0 a2; b1: a4 a7 a0; b2: a9 a4 a7
         b4: a6 a9 a4; b3: a5 a6 a9; b8: a1 a5 a6; b6: a8 a1 a5; b0: a3 a8 a1",
    );
    assert_eq!(graph.pressure(), 3);
}

/// `d_i` needs `d_(i-1)`, `b_i` and `c_i`; all `b_i` are cut from `b0`, all `c_i` from `c0`.
#[test]
fn dependents_do_not_run_long_before_they_are_needed() {
    let mut graph = String::from("d0: a0 b0 c0");
    for step in 1..10 {
        graph += &format!("; b{step}: b0; c{step}: c0; d{step}: d{} b{step} c{step}", step - 1);
    }
    Named::new(&graph).for_each_order(|place| {
        let sums: Vec<usize> = (0..10).map(|step| place(&format!("d{step}"))).collect();
        assert_eq!(sums[..8], [3, 6, 9, 12, 15, 18, 21, 24]);
        // The last cut frees what it is cut from, so it may come a little earlier.
        assert!(sums[8] <= 28 && sums[9] == 30, "{sums:?}");
    });
}

/// ```text
///               s
///         / /       \ \
///       s00 s10   s01 s11
///        |   |     |   |
///       b00 b10   b01 b11
///       / \ / \   / \ / \
///      a0  a1 a2 a3  a4 a5
/// ```
#[test]
fn one_half_is_finished_before_the_other_starts() {
    let graph = "s: s00 s10 s01 s11; s00: b00; s10: b10; s01: b01; s11: b11
                 b00: a0 a1; b10: a1 a2; b01: a3 a4; b11: a4 a5";
    Named::new(graph).for_each_order(|place| {
        let half = |roots: [&str; 3]| roots.map(place);
        let (left, right) = (half(["a0", "a1", "a2"]), half(["a3", "a4", "a5"]));
        assert!(left.iter().max() < right.iter().min() || right.iter().max() < left.iter().min());
    });
}

/// ```text
///   a1  b1  c1  d1  e1
///   /|\ /|\ /|\ /|  /
///  / | X | X | X | /
/// /  |/ \|/ \|/ \|/
/// a0  b0  c0  d0  e0
/// ```
#[test]
fn windows_keep_three_results() {
    let graph = "a1: a0 b0 c0; b1: b0 c0 d0; c1: c0 d0 e0; d1: d0 e0; e1: e0";
    assert!(Named::new(graph).pressure() <= 3);
}

/// Each of three arrays is loaded in two halves, cut three ways, and reduced. Dask needs 9.
#[test]
fn a_reduction_of_cuts_keeps_few_results() {
    let mut graph = String::new();
    for i in 0..3 {
        graph += &format!("b0{i}: a0{i}; b1{i}: a0{i} a1{i}; b2{i}: a1{i}\n");
        graph += &format!("c0{i}: b0{i}; c1{i}: b1{i}; c2{i}: b2{i}\n");
        graph += &format!("d{i}: c{i}0 c{i}1 c{i}2\n");
    }
    assert!(Named::new(&graph).pressure() <= 6);
}

/// Four inputs crossed with each other, each cross ending in two outputs; and the same with one
/// task more or less in some of them. Dask needs 10, and 9 for the shortest.
#[test]
fn the_two_outputs_of_a_cross_stay_together() {
    let inputs = ["a", "b", "c", "d"];
    // How long the two branches of a cross are, and how far apart their ends are in all.
    for (one, other, apart_at_most) in [(2, 2, 32), (3, 2, 48), (2, 1, 32), (1, 1, 32)] {
        let mut graph = String::new();
        for x in inputs {
            graph += &format!("{x}1: {x}0; {x}20: {x}0; {x}21: {x}1\n");
            for (i, y) in inputs.iter().enumerate() {
                graph += &format!("{x}3{i}: {x}20 {y}21; {x}4{i}: {x}3{i}\n");
                for (branch, length) in [(0, one), (1, other)] {
                    graph += &format!("{x}5{i}{branch}: {x}4{i}\n");
                    for step in 6..5 + length {
                        graph += &format!("{x}{step}{i}{branch}: {x}{}{i}{branch}\n", step - 1);
                    }
                }
            }
        }
        let graph = Named::new(&graph);
        graph.for_each_order(|place| {
            let end = |x: &str, i, branch, length| place(&format!("{x}{}{i}{branch}", 4 + length));
            let apart = |x: &str, i| end(x, i, 0, one).abs_diff(end(x, i, 1, other));
            let total: usize = inputs
                .iter()
                .flat_map(|x| (0..4).map(move |i| (x, i)))
                .map(|(x, i)| apart(x, i))
                .sum();
            assert!(total <= apart_at_most, "{total}");
        });
        assert!(graph.pressure() <= 8);
    }
}

/// Three loads are cut four ways; each group gathers one cut from each of the loads.
///
/// Dask's own test wants groups of equal length; here the last cut of a load comes early, for it
/// frees the load, which costs nothing.
#[test]
fn gathering_takes_only_what_the_group_needs() {
    let mut graph = String::new();
    for group in 0..4 {
        graph += &format!("b0{group}: a0; b1{group}: a1; b2{group}: a2\n");
        graph += &format!("c{group}: b0{group} b1{group} b2{group}; d{group}: c{group}\n");
    }
    let graph = Named::new(&graph);
    graph.for_each_order(|place| {
        let mut ends = ["d0", "d1", "d2", "d3"].map(place);
        ends.sort_unstable();
        assert_eq!(ends[..2], [7, 12]);
    });
    assert!(graph.pressure() <= 6);
}

/// A root that is needed only late blocks many reductions when it comes too late. Dask's own test
/// also wants a2 before a3 and a4, which here come when they are asked for, at no cost.
#[test]
fn few_results_wait_for_a_late_root() {
    let graph = "a0: root; b00: a0; b01: a0; c01: a0; b10: a1; b12: a1; c00: a2 a1
                 d00: c01 c00; d01: c01 c00; f11: d01; c10: b10 b12; c02: b00 b01; e0: c10 c02
                 g1: e0 a3; g2: g1 a4 d00";
    let graph = Named::new(graph);
    assert!(graph.pressure() <= 5);
    graph.for_each_order(|place| assert!(place("e0") < place("a3")));
}
