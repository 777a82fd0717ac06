//! The functions of a run and the places where tasks were built, each named once.

use std::collections::HashMap;

use graph_core::SourceLocation;

use crate::record::{run_record::RunRecord, task::TaskRecord};

/// Numbers functions and places by first occurrence, in the order in which tasks were built.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// The path of each function.
    pub(crate) functions: Vec<String>,
    /// The places where tasks were built, as file, line and column.
    pub(crate) places: Vec<String>,
    /// Task → the number of its function.
    function_of: Vec<u32>,
    /// Task → the number of the place where it was built.
    place_of: Vec<u32>,
}

impl Catalogue {
    pub(crate) fn new(record: &RunRecord) -> Self {
        let mut catalogue = Catalogue::default();
        let mut functions: HashMap<(&str, &str), u32> = HashMap::new();
        let mut places: HashMap<SourceLocation, u32> = HashMap::new();
        for task in record.tasks() {
            let function = task.function();
            let number = *functions.entry((function.module, function.name)).or_insert_with(|| {
                catalogue.functions.push(function.path());
                (catalogue.functions.len() - 1) as u32
            });
            catalogue.function_of.push(number);
            let number = *places.entry(task.built_at()).or_insert_with_key(|place| {
                catalogue.places.push(place.to_string());
                (catalogue.places.len() - 1) as u32
            });
            catalogue.place_of.push(number);
        }
        catalogue
    }

    pub(crate) fn function(&self, task: &TaskRecord<'_>) -> u32 {
        self.function_of[task.index()]
    }

    pub(crate) fn place(&self, task: usize) -> u32 {
        self.place_of[task]
    }
}
