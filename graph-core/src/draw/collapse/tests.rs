//! Properties of quotients, over random and over extreme graphs.

use proptest::prelude::*;

use super::coarsening::{Limits, MOST_BANDED_GROUPS, choose_partition};
use super::group::Group;
use super::*;
use crate::graph::{Edge, Node, dependents};
use crate::task::state::TaskState;

/// Makes a graph of `tasks` tasks of `functions` functions, each with up to three dependencies
/// among the `reach` tasks before it.
fn random_graph(tasks: usize, functions: usize, reach: usize, seed: u64) -> Graph {
    let mut state = seed;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_041);
        (state >> 33) as usize % bound
    };
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for task in 0..tasks {
        nodes.push(Node::new(format!("f{}", below(functions))));
        for _ in 0..below(4).min(task) {
            let from = task - 1 - below(reach.min(task));
            edges.push(if below(10) == 0 {
                Edge::order(from, task)
            } else {
                Edge::data(from, task)
            });
        }
    }
    Graph::new(nodes, edges, vec![tasks - 1]).unwrap()
}

fn check(graph: &Graph) {
    let partition = choose_partition(graph, Limits::READABLE);
    let quotient = Quotient::from_partition(graph, &partition);
    let (groups, edges) = (quotient.groups(), quotient.edges());
    assert!(groups.len() <= Limits::READABLE.tasks, "{} groups", groups.len());
    assert_eq!(groups.iter().map(Group::tasks).sum::<usize>(), graph.len());
    for group in groups {
        let by_function: usize = group.functions().iter().map(|(_, tasks)| tasks).sum();
        let by_state: usize = group.states().iter().map(|(_, tasks)| tasks).sum();
        assert_eq!((by_function, by_state), (group.tasks(), group.tasks()));
    }
    assert_eq!(dependents(groups.len(), edges).topological_order().len(), groups.len(), "a cycle");
    let joined: std::collections::HashSet<(usize, usize)> =
        edges.iter().map(|edge| (edge.from, edge.to)).collect();
    assert_eq!(joined.len(), edges.len(), "an edge occurs twice");
    for edge in graph.edges() {
        let ends = (partition.group_of()[edge.from], partition.group_of()[edge.to]);
        assert!(ends.0 == ends.1 || joined.contains(&ends), "{edge:?} is lost");
    }
}

fn summary(graph: &Graph) -> Vec<String> {
    let quotient = graph.collapse();
    quotient.groups().iter().map(|group| format!("{} {}", group.name(), group.tasks())).collect()
}

/// Runs `body` where recursion over a large graph would overflow.
fn on_a_small_stack(body: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(body).unwrap().join().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_quotient_loses_nothing_and_has_no_cycle(
        tasks in 1usize..900,
        functions in 1usize..12,
        reach in 1usize..400,
        seed in any::<u64>(),
    ) {
        check(&random_graph(tasks, functions, reach, seed));
    }

    #[test]
    fn many_functions_are_collapsed_too(functions in 300usize..2000, seed in any::<u64>()) {
        check(&random_graph(1200, functions, 5, seed));
    }
}

#[test]
fn up_to_300_tasks_are_not_collapsed() {
    let graph = Graph::new(vec![Node::new("f"); 300], vec![], vec![]).unwrap();
    assert_eq!(graph.collapse().groups().len(), 300);
    assert!(!graph.collapse().is_collapsed());
}

// read → convert, 5000 times, into one total
#[test]
fn parallel_branches_become_one() {
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for branch in 0..5000 {
        nodes.push(Node::new("read").with_label(format!("{branch}.json")));
        nodes.push(Node::new("convert"));
        edges.push(Edge::data(2 * branch, 2 * branch + 1));
        edges.push(Edge::data(2 * branch + 1, 10_000));
    }
    nodes.push(Node::new("total"));
    let graph = Graph::new(nodes, edges, vec![10_000]).unwrap();
    check(&graph);
    assert_eq!(summary(&graph), ["read 5000", "convert 5000", "total 1"]);
    assert_eq!(graph.collapse().groups()[0].detail(), None, "their labels differ");
}

#[test]
fn a_failed_task_stands_out() {
    let mut nodes = vec![Node::new("read"); 1000];
    nodes[17].state = TaskState::Failed;
    nodes.push(Node::new("total"));
    let edges = (0..1000).map(|from| Edge::data(from, 1000)).collect();
    let graph = Graph::new(nodes, edges, vec![1000]).unwrap();
    assert_eq!(summary(&graph), ["read 999", "read 1", "total 1"]);
    assert_eq!(graph.collapse().groups()[1].state(), TaskState::Failed);
}

#[test]
fn a_million_steps_become_one_box() {
    on_a_small_stack(|| {
        let edges = (1..1_000_000).map(|node| Edge::data(node - 1, node)).collect();
        let graph = Graph::new(vec![Node::new("step"); 1_000_000], edges, vec![999_999]).unwrap();
        assert_eq!(summary(&graph), ["step 1000000"]);
    });
}

// ping → pong → ping → …: no two tasks have equal surroundings, and merging by function makes
// cycles
#[test]
fn a_million_alternating_steps_become_an_outline() {
    on_a_small_stack(|| {
        let names = ["ping", "pong"];
        let nodes = (0..1_000_000).map(|node| Node::new(names[node % 2])).collect();
        let edges = (1..1_000_000).map(|node| Edge::data(node - 1, node)).collect();
        let graph = Graph::new(nodes, edges, vec![999_999]).unwrap();
        check(&graph);
        let quotient = graph.collapse();
        assert!(quotient.groups().len() <= MOST_BANDED_GROUPS);
        assert_eq!(quotient.groups()[0].name(), "ping, pong");
    });
}
