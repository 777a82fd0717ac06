//! The graphs that the picture tests draw.

#![allow(dead_code, reason = "several tests and an example share these graphs")]

use graph_core::{Edge, Graph, Node, SourceLocation, TaskState};

/// Builds graphs one task at a time, as a program would.
#[derive(Default)]
pub(crate) struct Builder {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl Builder {
    /// Adds a task with its telling argument and its dependencies, and returns its index.
    pub(crate) fn task(
        &mut self,
        function: &str,
        argument: Option<&str>,
        needs: &[usize],
    ) -> usize {
        let index = self.nodes.len();
        let mut node = Node::new(function);
        node.argument = argument.map(str::to_owned);
        let line = 10 + index as u32;
        node.built_at = SourceLocation { file: "src/main.rs".into(), line, column: 13 };
        self.nodes.push(node);
        self.edges.extend(needs.iter().map(|&from| Edge::data(from, index)));
        index
    }

    pub(crate) fn order(&mut self, from: usize, to: usize) {
        self.edges.push(Edge::order(from, to));
    }

    pub(crate) fn set_state(&mut self, task: usize, state: TaskState) {
        self.nodes[task].state = state;
    }

    pub(crate) fn label(&mut self, task: usize, label: &str) {
        self.nodes[task].label = Some(label.to_owned());
    }

    pub(crate) fn build(self, outputs: &[usize]) -> Graph {
        Graph::new(self.nodes, self.edges, outputs.to_vec()).expect("a sample graph is sound")
    }
}

/// `slowinc(1)` and `slowinc(2)` into `slowadd`.
pub(crate) fn increment_and_add() -> Graph {
    let mut graph = Builder::default();
    let a = graph.task("lesson::slowinc", Some("1"), &[]);
    let b = graph.task("lesson::slowinc", Some("2"), &[]);
    let sum = graph.task("lesson::slowadd", None, &[a, b]);
    graph.build(&[sum])
}

/// Eight `slowinc` into `sum`.
pub(crate) fn eight_increments() -> Graph {
    let mut graph = Builder::default();
    let parts: Vec<usize> =
        (1..=8).map(|x| graph.task("lesson::slowinc", Some(&x.to_string()), &[])).collect();
    let sum = graph.task("lesson::sum", None, &parts);
    graph.build(&[sum])
}

/// Even numbers are halved, odd ones processed, all summed up.
pub(crate) fn even_and_odd() -> Graph {
    let mut graph = Builder::default();
    let mut parts = Vec::new();
    for x in 0..10 {
        let text = x.to_string();
        if x % 2 == 0 {
            parts.push(graph.task("lesson::half", Some(&text), &[]));
        } else {
            let doubled = graph.task("lesson::double", Some(&text), &[]);
            parts.push(graph.task("lesson::odd_process", None, &[doubled]));
        }
    }
    let sum = graph.task("lesson::sum", None, &parts);
    graph.build(&[sum])
}

/// Twenty-one times `read` → `convert`.
pub(crate) fn read_and_convert() -> Graph {
    let names = [
        "aapl", "aig", "amgn", "axp", "ba", "cat", "csco", "cvx", "dis", "ge", "goog", "hd", "ibm",
        "intc", "jnj", "jpm", "ko", "mcd", "mmm", "mrk", "msft",
    ];
    let mut graph = Builder::default();
    let mut outputs = Vec::new();
    for name in names {
        let file = format!("data/daily-stock/{name}.json");
        let table = graph.task("stock::read", Some(&file), &[]);
        outputs.push(graph.task("stock::convert", Some(&format!("{name}.h5")), &[table]));
    }
    graph.build(&outputs)
}

/// A binary tree over `leaves` loads.
pub(crate) fn binary_tree(leaves: usize) -> Graph {
    let mut graph = Builder::default();
    let mut level: Vec<usize> =
        (0..leaves).map(|x| graph.task("tree::load", Some(&x.to_string()), &[])).collect();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| graph.task("tree::merge", None, pair)).collect();
    }
    graph.build(&level)
}

/// A small deterministic generator: the 64-bit linear congruential one of Knuth's MMIX.
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }
}

/// A pseudo-random graph in which a task in eight needs nothing, and the others need up to three
/// of the `reach` tasks before them.
pub(crate) fn random(tasks: usize, reach: usize, seed: u64) -> Graph {
    random_needing(3, tasks, reach, seed)
}

/// Does the same as [`random`] with up to `most` dependencies instead of three.
pub(crate) fn random_needing(most: usize, tasks: usize, reach: usize, seed: u64) -> Graph {
    const FUNCTIONS: [&str; 6] = ["load", "clean", "join", "group", "score", "plot"];
    let mut random = Random(seed);
    let mut graph = Builder::default();
    for task in 0..tasks {
        let count = if task == 0 || random.below(8) == 0 { 0 } else { 1 + random.below(most) };
        let needs: Vec<usize> =
            (0..count).map(|_| task - 1 - random.below(reach.min(task))).collect();
        let function = format!("random::{}", FUNCTIONS[random.below(FUNCTIONS.len())]);
        graph.task(&function, Some(&task.to_string()), &needs);
    }
    let ends: Vec<usize> =
        (0..tasks).filter(|&task| graph.edges.iter().all(|edge| edge.from != task)).collect();
    graph.build(&ends)
}

/// 9900 times `convert`, 99 times `combine`, one `report`: 10 000 tasks.
pub(crate) fn map_reduce() -> Graph {
    let mut graph = Builder::default();
    let parts: Vec<usize> =
        (0..9900).map(|x| graph.task("stock::convert", Some(&format!("{x}.json")), &[])).collect();
    let combined: Vec<usize> =
        parts.chunks(100).map(|chunk| graph.task("stock::combine", None, chunk)).collect();
    let report = graph.task("stock::report", Some("summary.html"), &combined);
    graph.build(&[report])
}

/// Every state, order edges, long and awkward texts.
pub(crate) fn states_and_texts() -> Graph {
    let mut graph = Builder::default();
    let states = [
        TaskState::Waiting,
        TaskState::Ready,
        TaskState::Running,
        TaskState::Done,
        TaskState::Failed,
        TaskState::Cancelled,
    ];
    let mut tasks = Vec::new();
    for state in states {
        let task = graph.task("app::fetch", Some(&format!("{state:?}")), &[]);
        graph.set_state(task, state);
        tasks.push(task);
    }
    let path = "/srv/data/warehouse/2024/daily-stock/region-europe/ibm.json";
    let long = graph.task("app::read_the_whole_warehouse", Some(path), &tasks[..3]);
    let sentence = "a label that goes on and on until nobody wants to read it any more";
    let named = graph.task("app::a_function_whose_name_is_longer_than_any_box", None, &tasks[3..]);
    graph.label(named, sentence);
    let odd =
        graph.task("app::odd<T>", Some("<b>\"R&D\"</b> \\ naïve \u{1} 日本 \u{202e}x"), &[long]);
    graph.order(named, odd);
    let last = graph.task("app::last", None, &[odd, named]);
    graph.build(&[last])
}

/// A square of tasks, each of which needs the one above it and the one to its left.
pub(crate) fn wavefront(side: usize) -> Graph {
    let mut graph = Builder::default();
    for row in 0..side {
        for column in 0..side {
            let here = row * side + column;
            let mut needs = Vec::new();
            needs.extend((row > 0).then(|| here - side));
            needs.extend((column > 0).then(|| here - 1));
            graph.task("wave::cell", Some(&format!("{row}, {column}")), &needs);
        }
    }
    graph.build(&[side * side - 1])
}

/// Every one of `parts` maps is read by every one of `parts` reductions, and one task joins those.
pub(crate) fn shuffle(parts: usize) -> Graph {
    let mut graph = Builder::default();
    let maps: Vec<usize> =
        (0..parts).map(|x| graph.task("words::map", Some(&format!("{x}.txt")), &[])).collect();
    let reductions: Vec<usize> =
        (0..parts).map(|x| graph.task("words::reduce", Some(&x.to_string()), &maps)).collect();
    let join = graph.task("words::join", None, &reductions);
    graph.build(&[join])
}

/// One diamond below the other.
///
/// ```text
///   split
///   /   \
/// left right    … `rungs` times
///   \   /
///   merge
/// ```
pub(crate) fn diamonds(rungs: usize) -> Graph {
    let mut graph = Builder::default();
    let mut top = graph.task("ladder::start", None, &[]);
    for rung in 0..rungs {
        let text = rung.to_string();
        let left = graph.task("ladder::left", Some(&text), &[top]);
        let right = graph.task("ladder::right", Some(&text), &[top]);
        top = graph.task("ladder::merge", Some(&text), &[left, right]);
    }
    graph.build(&[top])
}

/// A chain whose steps also need the settings at its start, and every fourth step the one four
/// before it.
pub(crate) fn long_edges(steps: usize) -> Graph {
    let mut graph = Builder::default();
    let settings = graph.task("model::settings", Some("model.toml"), &[]);
    let mut chain = vec![graph.task("model::load", Some("prices.h5"), &[])];
    for step in 1..steps {
        let mut needs = vec![chain[step - 1]];
        needs.extend((step % 3 == 0).then_some(settings));
        needs.extend((step % 4 == 0).then(|| chain[step - 4]));
        chain.push(graph.task("model::step", Some(&step.to_string()), &needs));
    }
    graph.build(&chain[steps - 1..])
}

/// Graphs that have nothing to do with each other: trees, chains, a diamond and lone tasks.
pub(crate) fn components() -> Graph {
    let mut graph = Builder::default();
    let mut outputs = Vec::new();
    for tree in 0..4 {
        let leaves: Vec<usize> = (0..=tree + 1)
            .map(|leaf| graph.task("forest::leaf", Some(&leaf.to_string()), &[]))
            .collect();
        outputs.push(graph.task("forest::root", Some(&tree.to_string()), &leaves));
    }
    for length in 1..6 {
        let mut end = graph.task("chain::first", None, &[]);
        for step in 1..length {
            end = graph.task("chain::next", Some(&step.to_string()), &[end]);
        }
        outputs.push(end);
    }
    let top = graph.task("diamond::top", None, &[]);
    let left = graph.task("diamond::left", None, &[top]);
    let right = graph.task("diamond::right", None, &[top]);
    outputs.push(graph.task("diamond::bottom", None, &[left, right]));
    graph.build(&outputs)
}
