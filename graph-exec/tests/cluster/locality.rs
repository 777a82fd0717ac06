//! Work goes to where the data is.

use std::time::Instant;

use crate::{
    Test,
    functions::*,
    results::{connect, fleet},
};

pub(crate) const TESTS: &[Test] = &[
    ("tasks_run_where_their_big_input_lies", tasks_run_where_their_big_input_lies),
    ("a_task_with_one_input_runs_where_it_lies", a_task_with_one_input_runs_where_it_lies),
    ("ten_megabytes_go_from_task_to_task", ten_megabytes_go_from_task_to_task),
];

fn tasks_run_where_their_big_input_lies() {
    let cluster = connect(fleet());
    let bigs: Vec<_> = (0..8).map(|seed| block(seed, 40_000_000)).collect();
    let smalls: Vec<_> = (0..8).map(|seed| block(seed, 8)).collect();
    let both = bigs.into_iter().zip(smalls).map(|(big, small)| first_of_both(big, small));
    let finished = cluster.run(both.collect::<Vec<_>>()).unwrap();
    assert_eq!(finished.value()[3], 3 * 257);
    let record = finished.record();
    let address = |index: usize| {
        let worker = record.task(index).worker().expect("it ran");
        record.cluster().unwrap().address(worker).unwrap()
    };
    let consumers = record.tasks().filter(|task| task.function().name == "first_of_both");
    let at_home = consumers.filter(|task| {
        let big = task.dependencies().next().expect("two inputs");
        address(big) == address(task.index())
    });
    assert!(at_home.count() >= 7, "{record}");
    let traffic = record.cluster().unwrap();
    assert!(traffic.bytes_on_edges() > 8 * 40_000_000, "{traffic}");
    assert!(traffic.bytes_moved() <= 41_000_000, "{traffic}");
    assert!(record.to_string().contains("on edges went from worker to worker"), "{record}");
}

fn a_task_with_one_input_runs_where_it_lies() {
    let cluster = connect(fleet());
    let ends: Vec<_> = (0..8).map(|seed| pass_on(pass_on(block(seed, 1_000_000)))).collect();
    let finished = cluster.run(ends).unwrap();
    let traffic = finished.record().cluster().unwrap();
    assert_eq!(traffic.bytes_moved(), 0, "{}", finished.record());
    assert!(traffic.transfers().is_empty());
}

fn ten_megabytes_go_from_task_to_task() {
    let cluster = connect(fleet());
    let chain = |hops: usize| (0..hops).fold(block(9, 10_000_000), |block, _| pass_on(block));
    cluster.compute(chain(1)).unwrap();
    let time = |hops| {
        let begin = Instant::now();
        assert_eq!(cluster.compute(chain(hops)).unwrap().len(), 10_000_000);
        begin.elapsed().as_secs_f64()
    };
    let milliseconds = (time(21) - time(1)) * 1e3 / 20.0;
    eprintln!("a hop of 10 MB takes {milliseconds:.1} ms");
    assert!(milliseconds < 600.0);
}
