//! All functions that this program can call by name, and all types that it can encode.

use std::{
    any::{TypeId, type_name},
    collections::HashMap,
    sync::LazyLock,
};

use super::{
    builtin,
    codec::{Codec, Read, Writer},
    function::{Arguments, Call, Fault, RemoteFunction},
};
use crate::remote::error::NotEncodable;

struct Registry {
    /// Name → function.
    functions: HashMap<String, Call>,
    /// (operator, type of its operands) → name of the function.
    operators: HashMap<(&'static str, TypeId), String>,
    /// The names under which more than one function is registered.
    named_twice: Vec<&'static str>,
    /// Type → how it is written and, unless it is only borrowed, read.
    types: HashMap<TypeId, Codec>,
    /// Name of a type → its codec; `None` when two types have that name.
    types_by_name: HashMap<&'static str, Option<Codec>>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::collect);

impl Registry {
    fn collect() -> Self {
        let mut registry = Registry {
            functions: HashMap::from([(PART.to_owned(), part as Call)]),
            operators: HashMap::new(),
            named_twice: Vec::new(),
            types: HashMap::new(),
            types_by_name: HashMap::new(),
        };
        for operator in builtin::operators() {
            let name = format!("graph_core::{}<{}>", operator.operator, operator.type_name);
            registry.operators.insert((operator.operator, operator.type_id), name.clone());
            registry.functions.insert(name, operator.call);
        }
        builtin::codecs().into_iter().for_each(|codec| registry.add_type(codec));
        for function in inventory::iter::<RemoteFunction> {
            if registry.functions.insert(function.name.to_owned(), function.call).is_some() {
                registry.named_twice.push(function.name);
            }
            let codecs = function.codecs.iter().flat_map(|codecs| codecs());
            codecs.for_each(|codec| registry.add_type(codec));
        }
        registry
    }

    fn add_type(&mut self, codec: Codec) {
        let known = self.types.entry(codec.type_id).or_insert(codec);
        if known.reader.is_none() {
            *known = codec;
        }
        self.types_by_name
            .entry(codec.type_name)
            .and_modify(|other| {
                if other.is_some_and(|other| other.type_id != codec.type_id) {
                    *other = None;
                }
            })
            .or_insert(Some(codec));
    }
}

/// Encodes a value.
pub(crate) fn encode<T: ?Sized + 'static>(value: &T) -> Result<Vec<u8>, NotEncodable> {
    let codec = REGISTRY.types.get(&TypeId::of::<T>());
    let writer = codec.and_then(|codec| codec.writer.downcast_ref::<Writer<T>>());
    let Some(Writer(write)) = writer else {
        return Err(NotEncodable::UnknownType(type_name::<T>()));
    };
    write(value).map_err(|error| NotEncodable::Encoding {
        type_name: type_name::<T>(),
        message: error.to_string(),
    })
}

/// Returns what decodes values of type `T`; `None` when no codec is registered that reads them.
pub(crate) fn decode<T: 'static>() -> Option<impl Fn(&[u8]) -> Result<T, Fault>> {
    let reader = REGISTRY.types.get(&TypeId::of::<T>())?.reader?;
    let Read(read) = reader.read.downcast_ref::<Read<T>>()?;
    Some(|bytes: &[u8]| read(bytes).map_err(|error| not_read::<T>(&error)))
}

fn not_read<T>(error: &postcard::Error) -> Fault {
    Fault::Codec {
        what: "the result",
        type_name: type_name::<T>(),
        verb: "read",
        message: error.to_string(),
    }
}

/// The name under which an operator is called for a type.
pub(crate) fn operator(operator: &'static str, type_id: TypeId) -> Option<&'static str> {
    REGISTRY.operators.get(&(operator, type_id)).map(String::as_str)
}

/// The name under which [`part`] is called.
pub(crate) const PART: &str = "graph_core::part";

/// Takes one part out of an encoded tuple or array. The arguments: the names of the skipped types and of
/// the kept one, how many times the former are skipped, and the tuple or array.
fn part(arguments: &mut Arguments<'_>) -> Result<Vec<u8>, Fault> {
    let skipped: Vec<String> = arguments.by_value()?;
    let kept: String = arguments.by_value()?;
    let count: u64 = arguments.by_value()?;
    let mut bytes = arguments.rest();
    for _ in 0..count {
        for skipped in &skipped {
            bytes = &bytes[part_length(skipped, bytes)?..];
        }
    }
    Ok(bytes[..part_length(&kept, bytes)?].to_vec())
}

/// Returns how many of the bytes belong to the value of the named type that they begin with.
fn part_length(name: &str, bytes: &[u8]) -> Result<usize, Fault> {
    let codec = REGISTRY.types_by_name.get(name).copied().flatten();
    let Some((codec, reader)) = codec.and_then(|codec| Some((codec, codec.reader?))) else {
        return Err(Fault::Returned(format!(
            "a part of a tuple or an array is a `{name}`, which no function with `remote` takes or \
             gives, and which is not built in"
        )));
    };
    (reader.length)(bytes).map_err(|error| Fault::Codec {
        what: "a part",
        type_name: codec.type_name,
        verb: "read",
        message: error.to_string(),
    })
}

/// Says whether the end of a value of the named type can be found among other bytes.
pub(crate) fn knows_type(name: &str) -> bool {
    REGISTRY.types_by_name.get(name).copied().flatten().is_some_and(|codec| codec.reader.is_some())
}

/// Calls the function of that name.
///
/// # Errors
/// The error that the function returned, that there is no such function, or that the bytes are not
/// its arguments.
pub fn invoke(name: &str, arguments: &[u8]) -> Result<Vec<u8>, Fault> {
    let call = REGISTRY.functions.get(name).ok_or_else(|| Fault::Unknown(name.to_owned()))?;
    call(&mut Arguments::new(arguments))
}

/// A name under which more than one function is registered, so that a call would be ambiguous.
pub fn named_twice() -> Option<&'static str> {
    REGISTRY.named_twice.first().copied()
}

/// The names of the functions that the program registers with their signatures, sorted.
pub fn names() -> Vec<(&'static str, &'static str)> {
    let mut names: Vec<_> = inventory::iter::<RemoteFunction>
        .into_iter()
        .map(|function| (function.name, function.signature))
        .collect();
    names.sort_unstable();
    names
}
