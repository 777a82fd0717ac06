//! What a task costs beyond its own work: the shapes of graph that are measured, the measuring, and
//! the rows that are printed.

pub mod library;
pub mod measure;
pub mod pairs;
pub mod process;
pub mod row;
pub mod shapes;
