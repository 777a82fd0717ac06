//! What dask's own tests for its order (`dask/tests/test_order.py`) take from real workloads of its
//! arrays and data frames, as structures. Data flows upwards.
//!
//! Each is measured as dask's `diagnostics` does. Where a comment says so, dask's order (2026.8.0)
//! needs more than what is allowed here; nowhere does it need less.

use crate::named::{Named, pressure};
use crate::shapes::{Shape, anomalies, reduced};

/// `d2` and `e3` reduce two pairs of chains that all start at `a0`, the others are shorter.
#[test]
fn the_branches_with_more_work_come_first() {
    let graph = "a1: a0; a2: a1; b1: a0; b2: b1; c1: a0; d1: a0; d2: d1; dd1: a0; dd2: dd1
                 dd3: d2 dd2; e1: a0; e2: e1; ee1: a0; ee2: ee1; ee3: e2 ee2
                 a3: a2 b2 c1 dd3 ee3";
    let graph = Named::new(graph);
    let deep = ["d1", "d2", "dd1", "dd2", "dd3", "e1", "e2", "ee1", "ee2", "ee3"];
    graph.for_each_order(|place| {
        assert!(deep.iter().all(|name| place(name) <= 10));
        assert_eq!(place("c1"), 15);
    });
    assert!(graph.pressure() <= 5);
}

/// Loads are reduced pairwise twice over, in two thick branches and two thin ones, which share
/// what they reduce.
#[test]
fn a_result_is_freed_as_soon_as_its_second_dependent_can_run() {
    let graph = "b0: a0; c0: b0; d0: c0; b1: a1; c1: b1; d1: c1; e0: d0 d1; b2: a2; c2: b2; d2: c2
                 b3: a3; c3: b3; d3: c3; e1: d2 d3; b4: a4; c4: b4; d4: c4; b5: a5; c5: b5; d5: c5
                 e2: d4 d5; f0: e1 e2; b6: a6; c6: b6; d6: c6; b7: a7; c7: b7; d7: c7; e3: d6 d7
                 b8: a8; c8: b8; d8: c8; b9: a9; c9: b9; d9: c9; e4: d8 d9; f1: e3 e4; g0: f0 f1
                 h0: e0 g0; i0: h0; j0: i0; c10: b9; c11: b8; d10: c10 c11; c12: b6; c13: b7
                 d11: c12 c13; e5: d10 d11; c14: b5; c15: b4; d12: c14 c15; c16: b3; c17: b2
                 d13: c16 c17; e6: d12 d13; f2: e5 e6; c18: b0; c19: b1; d14: c18 c19; g1: f2 d14
                 h1: g1; k0: j0 h1";
    let graph = Named::new(graph);
    assert!(graph.pressure() <= 8);
    graph.for_each_order(|place| {
        for thick in ["a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "e5", "f0", "f1", "f2"] {
            assert!(place(thick) < place("a0").min(place("a1")), "{thick}");
        }
    });
}

/// Loads less the mean of their group, and the mean of all that: a0, a1, a2 are one group, a3 and
/// a4 the other.
#[test]
fn one_group_is_finished_before_the_next_one_is_loaded() {
    let graph = "b0: a0; c0: b0; b1: a1; c1: b1; b2: a2; c2: b2; d0: c0 c1 c2; e0: d0; f0: e0
                 g0: a0 f0; h0: g0; b3: a3; c3: b3; b4: a4; c4: b4; d1: c3 c4; e1: d1; f1: e1
                 g1: a3 f1; h1: g1; f2: e0; g2: a1 f2; h2: g2; f3: e1; g3: a4 f3; h3: g3
                 i0: h0 h1 h2 h3; f4: e0; g4: a2 f4; h4: g4; i1: h4; j0: i0 i1";
    let graph = Named::new(graph);
    // The other group may be the first one: dask's test knows only the larger.
    graph.for_each_order(|place| {
        let large = ["a0", "a1", "a2", "g0", "g2", "g4"].map(place);
        let small = ["a3", "a4", "g1", "g3"].map(place);
        assert!(large.iter().max() < small.iter().min() || small.iter().max() < large.iter().min());
    });
    assert!(graph.pressure() <= 7);
}

/// The same in large: 200 loads in 5 groups. What is left of a load after its group's mean is
/// taken off is averaged over time, across the groups, so what four groups leave waits for the
/// fifth. Dask's test allows 178, too.
#[test]
fn anomalies_of_many_loads_keep_what_four_groups_leave() {
    let shape = anomalies(200, 5);
    assert_eq!(shape.len(), 1_143);
    assert!(pressure(&shape) <= 178);
}

/// Means of u², v² and uv over the same blocks; `is_fused` if a block's mean squares it itself.
fn moments(blocks: usize, is_fused: bool) -> Shape {
    let mut shape = Shape::new();
    let (u, v) = (shape.tasks(blocks, &[]), shape.tasks(blocks, &[]));
    for (one, other) in [(&u, &u), (&v, &v), (&u, &v)] {
        let chunks = (0..blocks)
            .map(|block| {
                let needed = if one[block] == other[block] { 1 } else { 2 };
                let product = shape.task([one[block], other[block]].into_iter().take(needed));
                if is_fused { product } else { shape.task([product]) }
            })
            .collect();
        reduced(&mut shape, chunks, 4);
    }
    shape
}

/// Five blocks and five hundred. Dask keeps 11 of the former's results, and 38 of the latter's.
#[test]
fn three_means_of_the_same_blocks_go_forward_together() {
    assert!(pressure(&moments(5, true)) <= 9);
    assert_eq!(moments(500, true).len(), 3_001);
    assert!(pressure(&moments(500, true)) <= 38);
    assert!(pressure(&moments(500, false)) <= 38);
}

/// The same three means when each has blocks of its own, joined in a table.
#[test]
fn three_means_of_different_blocks_come_one_after_the_other() {
    let mut shape = Shape::new();
    let mut columns = Vec::new();
    for needed in [1, 1, 2] {
        let chunks = (0..500)
            .map(|_| {
                // A square is taken where the block is loaded, a product needs two loads.
                let loads = shape.tasks(needed, &[]);
                let product = if needed == 1 { loads[0] } else { shape.task(loads) };
                shape.task([product])
            })
            .collect();
        let mut column = reduced(&mut shape, chunks, 4);
        let mut index = shape.task([]);
        for _ in 0..3 {
            column = shape.task([column]);
            index = shape.task([index]);
        }
        columns.extend([column, index]);
    }
    shape.task(columns);
    assert!(pressure(&shape) <= 15);
}

/// Each of two outputs `g` needs its own a1 and a2 and the common a0. Dask needs 5 to 7, depending
/// on the names of the tasks.
#[test]
fn what_belongs_to_one_group_comes_before_the_other_group() {
    let graph = "b0: a1; c0: b0; d0: a0 c0; b1: a2; c1: b1; d1: a0 c1; d2: c1; d3: c0
                 e0: a2 a1 d2 d3; f0: e0; g0: a0 f0; b2: a3; c2: b2; d4: a0 c2; b3: a4; c3: b3
                 d5: a0 c3; d6: c3; d7: c2; e1: a4 a3 d6 d7; f1: e1; g1: a0 f1";
    let graph = Named::new(graph);
    graph.for_each_order(|place| {
        let (first, second) = (["d0", "d1", "g0"].map(place), ["d4", "d5", "g1"].map(place));
        assert!(
            first.iter().max() < second.iter().min() || second.iter().max() < first.iter().min()
        );
    });
    assert!(graph.pressure() <= 6);
}

/// Differences of differences in the plane.
#[test]
fn differences_in_the_plane_keep_few_results() {
    let graph = "b0: a0; c0: b0; b1: a1; d0: c0 b1; e0: d0; b2: a0; c1: b2; b3: a2; c2: b3
                 d1: c1 c2; e1: d1; b4: a3; c3: b4; b5: a2; c4: b5; d2: c3 c4; e2: d2; b6: a0
                 c5: b6; b7: a4; c6: b7; d3: c5 c6; e3: d3; b8: a0; c7: b8; b9: a5; c8: b9
                 d4: c7 c8; e4: d4; b10: a3; c9: b10; b11: a5; c10: b11; d5: c9 c10; e5: d5
                 b12: a6; c11: b12; b13: a4; c12: b13; d6: c11 c12; e6: d6; b14: a6; c13: b14
                 b15: a5; c14: b15; d7: c13 c14; e7: d7; b16: a5; c15: b16; d8: a7 c15; e8: d8
                 f0: e0 e1 e2 e3 e4 e5 e6 e7 e8";
    assert!(Named::new(graph).pressure() <= 11);
}

/// Every cell of the square is made from the same `shared` results, each row is summed; the cells
/// may be asked for as well.
#[test]
fn rows_made_from_shared_results_come_one_after_the_other() {
    for (side, shared) in [(4, 2), (4, 5), (7, 2), (7, 5)] {
        for between in 0..2 {
            let mut shape = Shape::new();
            let shared_results = shape.tasks(shared, &[]);
            for _ in 0..side {
                let row = shape.tasks(side, &shared_results);
                let sums: Vec<usize> = row
                    .into_iter()
                    .map(|cell| if between == 1 { shape.task([cell]) } else { cell })
                    .collect();
                shape.task(sums);
            }
            assert!(pressure(&shape) <= side + shared);
        }
    }
}

/// Cuts of one source, grouped by two arrays that all groups need. Dask needs 5 to 7, depending on
/// the names of the tasks.
#[test]
fn what_all_groups_need_is_loaded_once_and_groups_follow_each_other() {
    let graph = "b0: a0; c0: b0; d0: c0 a1; b1: a0; c1: b1; d1: c1 a2; e0: d0 d1; f0: e0; b2: a0
                 c2: b2; d2: c2 a1; b3: a0; c3: b3; d3: c3 a2; e1: d2 d3; f1: e1; b4: a0; c4: b4
                 d4: c4 a1; b5: a0; c5: b5; d5: c5 a2; e2: d4 d5; f2: e2; b6: a0; c6: b6; d6: c6 a1
                 b7: a0; c7: b7; d7: c7 a2; e3: d6 d7; f3: e3";
    let graph = Named::new(graph);
    graph.for_each_order(|place| {
        let mut ends = ["f0", "f1", "f2", "f3"].map(place);
        ends.sort_unstable();
        let steps: Vec<usize> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The last cut frees the source, so it may come a step early.
        assert!(steps.iter().all(|step| (7..=9).contains(step)), "{steps:?}");
    });
    assert!(graph.pressure() <= 5);
}

const COHORTS: &str = "b0: a0; c0: b0; b1: a1; c1: b1; d0: c0 c1; e0: d0; b2: a2; c2: b0; d1: b2 c2
                       f0: e0 d1; g0: f0; h0: g0; b3: a3; c3: b3; b4: a4; c4: b4; d2: c3 c4; e1: d2
                       c5: b1; b5: a5; c6: b3; d3: c5 b5 c6; e2: d3; f1: e1 e2; g1: f1; h1: g1; i0: h0 h1
                       j0: i0; b6: a6; c7: b6; b7: a7; c8: b7; d4: c7 c8; e3: d4; b8: a8; c9: b6
                       d5: b8 c9; f2: e3 d5; g2: f2; h2: g2; b9: a9; c10: b9; b10: a10; c11: b10
                       d6: c10 c11; e4: d6; c12: b7; c13: b10; b11: a11; d7: c12 c13 b11; e5: d7
                       f3: e4 e5; g3: f3; h3: g3; i1: h2 h3; j1: i1; e6: d3; e7: d0; f4: e6 e7; g4: f4
                       h4: g4; e8: d2; c14: b4; b12: a12; d8: c14 b12; f5: e8 d8; g5: f5; h5: g5
                       i2: h4 h5; j2: i2; e9: d7; e10: d4; f6: e9 e10; g6: f6; h6: g6; e11: d6; c15: b9
                       b13: a13; d9: c15 b13; f7: e11 d9; g7: f7; h7: g7; i3: h6 h7; j3: i3";

/// Blocks are shuffled, cut anew and grouped into four results, two large and two small ones.
#[test]
fn a_small_group_follows_the_large_one_that_it_shares_with() {
    let graph = Named::new(COHORTS);
    assert!(graph.pressure() <= 7);
    graph.for_each_order(|place| {
        let mut ends = ["j0", "j1", "j2", "j3"].map(place);
        ends.sort_unstable();
        let steps: Vec<usize> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Dask's are 10, 39, 10; here a task of the next group may come a little earlier.
        assert!(steps[0] <= 10 && steps[1] >= 39 && steps[2] <= 10, "{steps:?}");
    });
}

/// With 15 more loads for an output of their own, which takes all of them.
#[test]
fn another_output_changes_nothing_for_groups() {
    let loads: Vec<String> = (0..15).map(|load| format!("x{load}")).collect();
    let graph = Named::new(&format!("{COHORTS}; y: {}", loads.join(" ")));
    assert!(graph.pressure() <= 15);
}

/// Images are cut and stacked into two results.
#[test]
fn two_stacks_of_the_same_images_keep_nine_results() {
    let graph = "b0: a0; c0: b0; d0: c0; e0: d0; f0: e0; g0: f0; c1: b0; d1: c1; e1: d1; f1: e1
                 g1: f1; c2: b0; d2: c2; e2: d2; f2: e2; g2: f2; c3: b0; d3: c3; e3: d3; f3: e3
                 g3: f3; h0: g0 g1 g2 g3; i0: h0; f4: e0; d4: c0; e4: d4; g4: f4 e4; h1: g4; d5: c2
                 e5: d5; f5: e2; g5: e5 f5; h2: g5; f6: e3; d6: c3; e6: d6; g6: f6 e6; h3: g6
                 f7: e1; d7: c1; e7: d7; g7: f7 e7; h4: g7; i1: h1 h2 h3 h4; j0: i1";
    assert!(Named::new(graph).pressure() <= 9);
}

/// Two columns of blocks that have nothing in common, each merged from overlapping blocks. Dask
/// keeps 7.
#[test]
fn one_column_is_stored_before_the_other() {
    let graph = "b0: a0; c0: b0; d0: c0; b1: a1; c1: b1; d1: c1; b2: a2; b3: a0; c2: b3; d2: b2 c2
                 e0: d2; b4: a3; b5: a1; c3: b5; d3: b4 c3; e1: d3; b6: a2; c4: b3; b7: a0; c5: b7
                 d4: b6 c4 c5; e2: d4; b8: a3; c6: b5; b9: a1; c7: b9; d5: b8 c6 c7; e3: d5
                 b10: a2; c8: b7; b11: a0; c9: b11; d6: b10 c8 c9; e4: d6; b12: a3; c10: b9
                 b13: a1; c11: b13; d7: b12 c10 c11; e5: d7; b14: a2; c12: b11; d8: b14 c12; e6: d8
                 b15: a3; c13: b13; d9: b15 c13; e7: d9";
    let graph = Named::new(graph);
    graph.for_each_order(|place| {
        let (first, second) =
            (["d0", "e0", "e2", "e4", "e6"].map(place), ["d1", "e1", "e3", "e5", "e7"].map(place));
        assert!(
            first.iter().max() < second.iter().min() || second.iter().max() < first.iter().min()
        );
    });
    assert!(graph.pressure() <= 6);
}

/// Each of 8 blocks is multiplied with something that all need.
#[test]
fn blocks_that_share_one_result_come_one_after_the_other() {
    let mut shape = Shape::new();
    let shared = shape.task([]);
    for _ in 0..8 {
        let block = shape.task([]);
        let sides = [shape.task([block]), shape.task([shared])];
        let product = shape.task(sides);
        shape.task([product]);
    }
    assert!(pressure(&shape) <= 3);
}

/// Cumulative sums of products of cumulative sums, 20 of each and an output for every one. Dask's
/// order needs 8.
#[test]
fn cumulative_sums_are_finished_in_step() {
    /// Running totals of `parts`, and a start of their own.
    fn totals(shape: &mut Shape, parts: &[usize]) -> Vec<usize> {
        let sums: Vec<usize> = parts.iter().map(|&part| shape.task([part])).collect();
        let mut before = shape.task([]);
        let mut totals = Vec::new();
        for (place, &sum) in sums.iter().enumerate() {
            if place == 0 {
                totals.push(shape.task([sum]));
                continue;
            }
            before = shape.task([sums[place - 1], before]);
            totals.push(shape.task([sum, before]));
        }
        totals
    }
    let mut shape = Shape::new();
    let normal = shape.tasks(20, &[]);
    let x = totals(&mut shape, &normal);
    let squares: Vec<usize> = x
        .iter()
        .map(|&x| {
            let (row, column) = (shape.task([x]), shape.task([x]));
            shape.task([row, column])
        })
        .collect();
    let y = totals(&mut shape, &squares);
    let x = totals(&mut shape, &x);
    for (&x, &y) in x.iter().zip(&y) {
        let item = shape.task([x]);
        let product = shape.task([y, item]);
        let sum = shape.task([product]);
        shape.task([sum]);
    }
    assert_eq!(shape.len(), 20 + 3 * 60 + 60 + 80);
    assert!(pressure(&shape) <= 6);
}
