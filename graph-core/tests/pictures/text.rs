//! Graphs as text: what belongs together can be told by looking.

use graph_core::{Edge, Graph, Node};

/// The text of a graph without its first line. Tasks are numbered as their names are listed.
fn text(names: &[&str], edges: &[(usize, usize)], outputs: &[usize]) -> String {
    let nodes = names.iter().copied().map(Node::new).collect();
    let edges = edges.iter().map(|&(from, to)| Edge::data(from, to)).collect();
    let text = Graph::new(nodes, edges, outputs.to_vec()).unwrap().to_text();
    let (_, trees) = text.split_once('\n').unwrap();
    trees.to_owned()
}

#[test]
fn a_chain_reads_as_a_chain() {
    let edges = [(0, 1), (1, 2)];
    assert_eq!(text(&["read", "parse", "mean"], &edges, &[2]), "mean\n↑ parse\n↑ read\n");
}

#[test]
fn a_chain_may_end_in_branches() {
    let edges = [(0, 2), (1, 2), (2, 3), (3, 4)];
    let expected = "\
save
↑ round
↑ add
├─ left
└─ right
";
    assert_eq!(text(&["left", "right", "add", "round", "save"], &edges, &[4]), expected);
}

/// ```text
///  initial ─► advance ─► save        two outputs share the first step
///                └─► advance ─► save
/// ```
#[test]
fn an_empty_line_parts_the_trees_of_outputs() {
    let names = ["initial", "advance", "save", "advance", "save"];
    let edges = [(0, 1), (1, 2), (1, 3), (3, 4)];
    let expected = "\
save
↑ advance [1]
↑ initial

save
↑ advance
↑ advance [1] see above
";
    assert_eq!(text(&names, &edges, &[2, 4]), expected);
}

#[test]
fn outputs_that_need_nothing_stand_line_below_line() {
    assert_eq!(text(&["a", "b", "c"], &[], &[0, 1, 2]), "a\nb\nc\n");
    assert_eq!(text(&["a", "b", "c", "d"], &[(1, 2)], &[0, 2, 3]), "a\n\nc\n↑ b\n\nd\n");
}

#[test]
fn an_output_that_another_needs_is_marked() {
    assert_eq!(text(&["a", "b"], &[(0, 1)], &[0, 1]), "b\n↑ a (an output)\n");
}

#[test]
fn what_is_too_far_to_the_right_is_a_tree_of_its_own() {
    // A comb: each task needs a leaf and the next one.
    const TEETH: usize = 20;
    let mut names = Vec::new();
    let mut edges = Vec::new();
    for tooth in 0..TEETH {
        names.extend(["leaf", "join"]);
        edges.push((2 * tooth, 2 * tooth + 1));
        if tooth > 0 {
            edges.push((2 * tooth - 1, 2 * tooth + 1));
        }
    }
    let text = text(&names, &edges, &[2 * TEETH - 1]);
    let trees: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(trees.len(), 2, "{text}");
    assert!(trees[0].contains("join [1] see below"), "{text}");
    assert!(trees[1].starts_with("join [1]\n"), "{text}");
}
