//! What the library's own macros may write beyond its public interface: the sealed traits for a struct
//! of handles, through `__private`.

use graph_exec::{
    __private::{Edges, Input, Pending, Roots, Sealed, Template},
    IntoArg, Outputs,
    prelude::*,
};

struct Config {
    rate: f64,
    rows: Vec<i64>,
}

/// The same fields, each with what becomes it.
struct ConfigHandles<Rate, Rows> {
    rate: Rate,
    rows: Rows,
}

impl<Rate: Input<Taken = f64>, Rows: Input<Taken = Vec<i64>>> Input for ConfigHandles<Rate, Rows> {
    type Taken = Config;
    type Kind = Pending;
    fn edges(&self, edges: &mut Edges) {
        self.rate.edges(edges);
        self.rows.edges(edges);
    }
    fn take(self) -> Config {
        Config { rate: self.rate.take(), rows: self.rows.take() }
    }
    fn template(&self, template: &mut Template) {
        self.rate.template(template);
        self.rows.template(template);
    }
}

impl<Rate: IntoArg<f64>, Rows: IntoArg<Vec<i64>>> IntoArg<Config> for ConfigHandles<Rate, Rows> {
    type Input = ConfigHandles<Rate::Input, Rows::Input>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        ConfigHandles { rate: self.rate.into_arg(sealed), rows: self.rows.into_arg(sealed) }
    }
}

impl<Rate: Outputs, Rows: Outputs> Outputs for ConfigHandles<Rate, Rows> {
    type Values = ConfigHandles<Rate::Values, Rows::Values>;
    type Results<E> = ConfigHandles<Rate::Results<E>, Rows::Results<E>>;
    type Owned = ConfigHandles<Rate::Owned, Rows::Owned>;
    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.rate.roots(roots);
        self.rows.roots(roots);
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        ConfigHandles { rate: self.rate.results(next), rows: self.rows.results(next) }
    }
    fn values(self) -> Self::Values {
        ConfigHandles { rate: self.rate.values(), rows: self.rows.values() }
    }
    fn into_owned(self) -> Self::Owned {
        ConfigHandles { rate: self.rate.into_owned(), rows: self.rows.into_owned() }
    }
}

// The runtime's path is graph_exec's own: nobody has to name graph_core.
#[delayed(crate = ::graph_exec)]
fn scaled(config: Config) -> f64 {
    config.rate * config.rows.iter().sum::<i64>() as f64
}

#[test]
fn a_struct_of_handles_is_an_argument() {
    let rows: Vec<Delayed<i64>> = (1..=3).map(value).collect();
    let sum = scaled(ConfigHandles { rate: 0.5, rows });
    assert_eq!(Graph::of(&sum).unwrap().edges().len(), 3);
    assert_eq!(sum.compute().unwrap(), 3.0);
}

#[test]
fn a_struct_of_handles_is_an_output() {
    let rows = value(vec![1, 2]).shared();
    let handles = ConfigHandles { rate: value(0.5), rows: &rows };
    let ConfigHandles { rate, rows } = compute(handles).unwrap();
    assert_eq!((rate, rows.as_slice()), (0.5, [1, 2].as_slice()));

    let failing = value("x").and_then(str::parse::<f64>);
    let handles = ConfigHandles { rate: failing, rows: value(7) };
    let ConfigHandles { rate, rows } = Executor::serial().keep_going().compute(handles).unwrap();
    assert!(format!("{:#}", rate.unwrap_err()).contains("invalid float literal"));
    assert_eq!(rows.unwrap(), 7);
}
