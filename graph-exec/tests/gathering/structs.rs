//! Structs of handles: `#[derive(Handles)]`, and `defer!` with a struct.

use graph_exec::{Graph, TaskState, prelude::*};

use crate::size;

/// With documentation on its fields, which is copied.
#[derive(Debug, Clone, PartialEq, Handles)]
pub(crate) struct Config {
    /// How much a row counts.
    pub rate: f64,
    /// Rows.
    pub rows: Vec<i64>,
    pub(crate) name: String,
    limits: Vec<(u8, Vec<i64>)>,
}

fn config() -> Config {
    Config { rate: 0.5, rows: vec![1, 2], name: "ibm".into(), limits: vec![(1, vec![3])] }
}

#[delayed]
fn by_value(config: Config) -> Config {
    config
}
#[delayed]
fn by_reference(config: &Config) -> f64 {
    config.rate * config.rows.iter().sum::<i64>() as f64
}
#[delayed]
fn nested(configs: Vec<(u8, Config)>) -> usize {
    configs.len()
}
#[delayed]
fn all(configs: Vec<Config>) -> usize {
    configs.len()
}

type Mixed =
    ConfigHandles<Delayed<f64>, Vec<Delayed<i64>>, &'static str, Vec<(u8, Vec<Delayed<i64>>)>>;

fn handles() -> Mixed {
    ConfigHandles {
        rate: value(0.5),
        rows: vec![value(1), value(2)],
        name: "ibm",
        limits: vec![(1, vec![value(3)])],
    }
}

#[test]
fn fields_take_what_parameters_of_their_types_take() -> Result<(), graph_exec::Error> {
    assert_eq!(by_value(handles()).compute()?, config());
    assert_eq!(by_value(config()).compute()?, config());
    assert_eq!(by_value(value(config())).compute()?, config());
    let rate = value(0.5).shared();
    let limits = || vec![(1, vec![3])];
    let constants = ConfigHandles { rate: 0.5, rows: vec![1, 2], name: "ibm", limits: limits() };
    assert_eq!(size(&by_value(constants)), (1, 0));
    let mixed = ConfigHandles {
        rate: &rate,
        rows: value(vec![1, 2]),
        name: value("ibm"),
        limits: value(limits()),
    };
    assert_eq!(by_value(mixed).compute()?, config());
    let mixed =
        ConfigHandles { rate: &rate, rows: vec![1, 2], name: String::new(), limits: limits() };
    assert_eq!(by_reference(mixed).compute()?, 1.5);
    Ok(())
}

#[test]
fn they_stand_in_containers_and_in_gather() -> Result<(), graph_exec::Error> {
    assert_eq!(nested(vec![(1, handles()), (2, handles())]).compute()?, 2);
    assert_eq!(all(gather(vec![handles(), handles()])).compute()?, 2);
    assert_eq!(gather((1, handles())).compute()?, (1, config()));
    Ok(())
}

fn outputs() -> ConfigHandles {
    ConfigHandles {
        rate: value(0.5),
        rows: value(vec![1, 2]),
        name: value("ibm".to_owned()),
        limits: value(vec![(1, vec![3])]),
    }
}

#[test]
fn they_are_outputs() -> Result<(), graph_exec::Error> {
    assert_eq!(outputs().compute()?, config());
    assert_eq!(compute((outputs(), value(1)))?, (config(), 1));
    assert_eq!(Executor::serial().run(outputs())?.into_value(), config());
    assert_eq!(Graph::of(&outputs()).unwrap().outputs().len(), 4);

    let failing = value("x").and_then(str::parse::<f64>);
    let handles = ConfigHandles {
        rate: failing,
        rows: value(vec![7]),
        name: value(String::new()),
        limits: value(vec![]),
    };
    let results = Executor::serial().keep_going().compute(handles)?;
    assert!(format!("{:#}", results.rate.unwrap_err()).contains("invalid float literal"));
    assert_eq!(results.rows.unwrap(), [7]);
    Ok(())
}

#[test]
fn edges_are_those_of_the_fields_and_pictures_name_these() {
    let task = by_value(handles());
    assert_eq!(size(&task), (5, 4));
    let graph = Graph::of(&task).unwrap();
    let node = graph.nodes().last().unwrap();
    assert_eq!(node.argument.as_deref(), Some("rate = …, rows = …, name = ibm, limits = …"));
    assert_eq!(node.state, TaskState::Waiting);
    assert!(graph.to_dot().contains("rate = …, rows = …, name = ibm"), "{}", graph.to_dot());
    #[cfg(feature = "draw")]
    {
        let svg = graph.picture().to_svg();
        assert!(svg.contains("rate = …"), "{svg}");
    }
}

mod elsewhere {
    #[derive(Debug, PartialEq)]
    pub(super) struct Foreign<T> {
        pub(super) rate: f64,
        pub(super) rows: Vec<T>,
    }
    #[derive(Debug, PartialEq)]
    pub(super) struct Pair(pub(super) i64, pub(super) String);
}

#[test]
fn defer_makes_any_struct() -> Result<(), graph_exec::Error> {
    let rate = value(0.5).shared();
    let rows = vec![value(1), value(2)];
    let made = defer!(elsewhere::Foreign { rate: &rate, rows });
    let graph = Graph::of(&made).unwrap();
    assert_eq!((graph.nodes().len(), graph.edges().len()), (4, 3));
    let node = graph.nodes().last().unwrap();
    assert_eq!(
        (node.function.rsplit(':').next(), node.argument.as_deref()),
        (Some("Foreign"), Some("rate = …, rows = …"))
    );
    assert_eq!(made.compute()?, elsewhere::Foreign { rate: 0.5, rows: vec![1, 2] });

    let pair = defer!(elsewhere::Pair(value(1), "x"));
    assert_eq!(pair.compute()?, elsewhere::Pair(1, "x".into()));
    let empty = defer!(Config { rate: 1.0, rows: value(vec![]), name: "x", limits: value(vec![]) });
    assert_eq!(empty.compute()?.name, "x");
    Ok(())
}
