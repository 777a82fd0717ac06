//! Writes with the reference library in C, which what the program writes is compared with (feature
//! `libhdf5`).
//!
//! No wrapper of the library can write finished chunks, so its own functions are called here. They may
//! not run at the same time; every call is made under the lock that the bindings have for this.
//! Compressing needs no lock: chunks come finished.
#![expect(unsafe_code, reason = "functions of the C library")]

use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::io;
use std::path::Path;
use std::ptr::{null, null_mut};

use hdf5_metno_sys::h5::{H5open, herr_t, hsize_t};
use hdf5_metno_sys::h5a::{H5Aclose, H5Acreate2, H5Awrite};
use hdf5_metno_sys::h5d::{H5Dclose, H5Dcreate2, H5Dset_extent, H5Dwrite, H5Dwrite_chunk};
use hdf5_metno_sys::h5e::{
    H5E_DEFAULT, H5E_direction_t, H5E_error2_t, H5Eclear2, H5Eset_auto2, H5Ewalk2,
};
use hdf5_metno_sys::h5f::{H5F_ACC_TRUNC, H5F_libver_t, H5Fclose, H5Fcreate};
use hdf5_metno_sys::h5g::{H5Gclose, H5Gcreate2};
use hdf5_metno_sys::h5i::hid_t;
use hdf5_metno_sys::h5l::H5Lcreate_hard;
use hdf5_metno_sys::h5p::{
    H5P_CLS_DATASET_CREATE, H5P_CLS_FILE_ACCESS, H5Pclose, H5Pcreate, H5Pset_chunk,
    H5Pset_file_locking, H5Pset_filter, H5Pset_libver_bounds, H5Pset_obj_track_times,
};
use hdf5_metno_sys::h5s::{
    H5S_ALL, H5S_UNLIMITED, H5S_class_t, H5Sclose, H5Screate, H5Screate_simple,
};
use hdf5_metno_sys::h5t::{
    H5T_C_S1, H5T_IEEE_F64LE, H5T_STD_B8LE, H5T_STD_I8LE, H5T_STD_I64LE, H5T_class_t, H5T_cset_t,
    H5T_str_t, H5Tclose, H5Tcopy, H5Tcreate, H5Tenum_create, H5Tenum_insert, H5Tinsert,
    H5Tset_cset, H5Tset_size, H5Tset_strpad,
};
use hdf5_metno_sys::{LOCK, h5p::H5P_DEFAULT};

use crate::output::chunk::ChunkPlace;
use crate::output::compression::Compression;
use crate::output::error::OutputError;
use crate::output::model::{Atom, Attribute, Attributes, Body, Dataset, Element, FileModel};

/// A file that the C library writes.
pub(super) struct Libhdf5File {
    /// The datasets that hold rows; for each the number of rows so far, and the rows of a chunk.
    datasets: Vec<(Handle, u64, u64)>,
    /// Dropped last, as a file is closed only when nothing in it is open.
    file: Handle,
}

impl Libhdf5File {
    pub(super) fn create(
        path: &Path,
        model: &FileModel,
        chunk_rows: &[usize],
        compression: Compression,
    ) -> Result<Self, OutputError> {
        if model.datasets.iter().any(|dataset| dataset.width > 1) {
            return Err(OutputError::Limit(
                "libhdf5 does not write so many columns here".to_owned(),
            ));
        }
        let _lock = LOCK.lock();
        let file = create_file(path)?;
        // SAFETY: the file is open, the name ends with a NUL, the lock is held.
        let group =
            unsafe { H5Gcreate2(file.id, c"data".as_ptr(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT) };
        let group = Handle::new(group, H5Gclose)?;
        write_attributes(&group, &model.attributes)?;
        let mut chunk_rows = chunk_rows.iter();
        let mut datasets = Vec::new();
        for dataset in &model.datasets {
            match &dataset.body {
                Body::Whole { count, bytes } => create_whole(&group, dataset, *count, bytes)?,
                Body::Rows(_) => {
                    let rows = chunk_rows.next().copied().unwrap_or(1) as u64;
                    datasets.push((create_rows(&group, dataset, rows, compression)?, 0, rows));
                }
            }
        }
        for link in &model.links {
            let (name, target) = (c_string(&link.name)?, c_string(&link.target)?);
            // SAFETY: the file is open, both names end with a NUL, the lock is held.
            checked(unsafe {
                let (name, target) = (name.as_ptr(), target.as_ptr());
                H5Lcreate_hard(file.id, target, file.id, name, H5P_DEFAULT, H5P_DEFAULT)
            })?;
        }
        Ok(Self { datasets, file })
    }

    pub(super) fn put(
        &mut self,
        place: ChunkPlace,
        bytes: &[u8],
        skipped_filters: u32,
    ) -> Result<(), OutputError> {
        let _lock = LOCK.lock();
        let (dataset, rows, chunk_rows) = &mut self.datasets[place.dataset];
        if place.end_row > *rows {
            // SAFETY: the dataset is open and has one dimension, the lock is held.
            checked(unsafe { H5Dset_extent(dataset.id, &place.end_row) })?;
            *rows = place.end_row;
        }
        let offset: hsize_t = place.index as u64 * *chunk_rows;
        // SAFETY: the dataset is open and has one dimension, hence one offset; `bytes` holds
        // `bytes.len()` bytes, which are only read; the lock is held.
        checked(unsafe {
            H5Dwrite_chunk(
                dataset.id,
                H5P_DEFAULT,
                skipped_filters,
                &offset,
                bytes.len(),
                bytes.as_ptr().cast(),
            )
        })
    }

    pub(super) fn finish(self, attributes: &Attributes) -> Result<(), OutputError> {
        let _lock = LOCK.lock();
        write_attributes(&self.file, attributes)?;
        let Self { datasets, file } = self;
        datasets.into_iter().try_for_each(|(dataset, ..)| dataset.close())?;
        file.close()
    }
}

/// An open object of the library, which is closed when this is dropped.
struct Handle {
    id: hid_t,
    close: unsafe extern "C" fn(hid_t) -> herr_t,
}

impl Handle {
    /// Takes the id that the library has just returned, which is negative where it failed.
    fn new(id: hid_t, close: unsafe extern "C" fn(hid_t) -> herr_t) -> Result<Self, OutputError> {
        match id < 0 {
            true => Err(cause()),
            false => Ok(Self { id, close }),
        }
    }

    fn close(self) -> Result<(), OutputError> {
        // SAFETY: the id is open and `close` is the function for its kind; the callers hold the
        // lock, and forgetting the handle keeps it from being closed again.
        let closed = unsafe { (self.close)(self.id) };
        std::mem::forget(self);
        checked(closed)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _lock = LOCK.lock();
        // SAFETY: the id is open, `close` is the function for its kind, the lock is held.
        unsafe { (self.close)(self.id) };
    }
}

fn c_string(text: &str) -> Result<CString, OutputError> {
    CString::new(text).map_err(|_| OutputError::Limit(format!("{text:?} holds a NUL character")))
}

fn checked(status: herr_t) -> Result<(), OutputError> {
    match status < 0 {
        true => Err(cause()),
        false => Ok(()),
    }
}

/// The last failure of the library, in its own words, the innermost reason first.
fn cause() -> OutputError {
    unsafe extern "C" fn note(_: c_uint, error: *const H5E_error2_t, into: *mut c_void) -> herr_t {
        // SAFETY: the library passes on what `cause` gave it, a `Vec<String>` that outlives the
        // walk, and an error whose description is a text that ends with a NUL, or nothing.
        unsafe {
            let reasons = &mut *into.cast::<Vec<String>>();
            if !(*error).desc.is_null() {
                let text = std::ffi::CStr::from_ptr((*error).desc);
                reasons.push(text.to_string_lossy().into_owned());
            }
        }
        0
    }
    let mut reasons: Vec<String> = Vec::new();
    // SAFETY: the callers hold the lock; `note` gets the vector, which outlives both calls.
    unsafe {
        let into = (&raw mut reasons).cast();
        H5Ewalk2(H5E_DEFAULT, H5E_direction_t::H5E_WALK_UPWARD, Some(note), into);
        H5Eclear2(H5E_DEFAULT);
    }
    io::Error::other(format!("libhdf5: {}", reasons.join(", because of: "))).into()
}

fn create_file(path: &Path) -> Result<Handle, OutputError> {
    let name = path.to_str().ok_or_else(|| {
        OutputError::Limit("libhdf5 writes only where the path is UTF-8".to_owned())
    })?;
    let name = c_string(name)?;
    // SAFETY: the lock is held by the caller; the ids are those just created; the name ends with a
    // NUL. The library is told to keep its messages to itself, `cause` asks for them.
    unsafe {
        checked(H5open())?;
        H5Eset_auto2(H5E_DEFAULT, None, null_mut());
        let access = Handle::new(H5Pcreate(*H5P_CLS_FILE_ACCESS), H5Pclose)?;
        let version = H5F_libver_t::H5F_LIBVER_V18;
        checked(H5Pset_libver_bounds(access.id, version, version))?;
        // The file is locked already, by the handle that will give it its name.
        checked(H5Pset_file_locking(access.id, 0, 1))?;
        Handle::new(H5Fcreate(name.as_ptr(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id), H5Fclose)
    }
}

/// Creates a dataset of `count` elements, stored in one piece.
fn create_whole(
    group: &Handle,
    dataset: &Dataset,
    count: usize,
    bytes: &[u8],
) -> Result<(), OutputError> {
    let datatype = datatype(&dataset.element)?;
    let name = c_string(&dataset.name)?;
    let length = count as hsize_t;
    // SAFETY: the lock is held by the caller, the ids are open, the name ends with a NUL; there is
    // one dimension, hence one length; `bytes` holds the `count` elements, which are only read.
    unsafe {
        let space = Handle::new(H5Screate_simple(1, &length, null()), H5Sclose)?;
        let settings = settings()?;
        let created = H5Dcreate2(
            group.id,
            name.as_ptr(),
            datatype.id,
            space.id,
            H5P_DEFAULT,
            settings.id,
            H5P_DEFAULT,
        );
        let created = Handle::new(created, H5Dclose)?;
        if count > 0 {
            let bytes = bytes.as_ptr().cast();
            checked(H5Dwrite(created.id, datatype.id, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes))?;
        }
        write_attributes(&created, &dataset.attributes)?;
        created.close()
    }
}

/// Creates a dataset whose rows come later, in chunks of `chunk_rows`.
fn create_rows(
    group: &Handle,
    dataset: &Dataset,
    chunk_rows: u64,
    compression: Compression,
) -> Result<Handle, OutputError> {
    let datatype = datatype(&dataset.element)?;
    let name = c_string(&dataset.name)?;
    // SAFETY: the lock is held by the caller, the ids are open, the name ends with a NUL; there is
    // one dimension, hence one length of each kind; settings are as many as said.
    unsafe {
        let space = H5Screate_simple(1, &0, &H5S_UNLIMITED);
        let space = Handle::new(space, H5Sclose)?;
        let settings = settings()?;
        checked(H5Pset_chunk(settings.id, 1, &chunk_rows))?;
        for filter in compression.filters(dataset.element.bytes()) {
            let (values, flags) = (&filter.cd_values, c_uint::from(filter.flags));
            checked(H5Pset_filter(
                settings.id,
                c_int::from(filter.id),
                flags,
                values.len(),
                values.as_ptr(),
            ))?;
        }
        let created = H5Dcreate2(
            group.id,
            name.as_ptr(),
            datatype.id,
            space.id,
            H5P_DEFAULT,
            settings.id,
            H5P_DEFAULT,
        );
        let created = Handle::new(created, H5Dclose)?;
        write_attributes(&created, &dataset.attributes)?;
        Ok(created)
    }
}

/// The settings of a new dataset. It keeps no times, so that the same input always gives the same bytes.
fn settings() -> Result<Handle, OutputError> {
    // SAFETY: the lock is held by the caller; the id is the one just created.
    unsafe {
        let settings = Handle::new(H5Pcreate(*H5P_CLS_DATASET_CREATE), H5Pclose)?;
        checked(H5Pset_obj_track_times(settings.id, 0))?;
        Ok(settings)
    }
}

fn write_attributes(object: &Handle, attributes: &Attributes) -> Result<(), OutputError> {
    for (name, value) in attributes {
        let (name, bytes) = (c_string(name)?, value.bytes());
        let datatype = match value {
            Attribute::Int(_) => atom(Atom::Int)?,
            Attribute::Text(_) => atom(Atom::Text { bytes: bytes.len() })?,
        };
        // SAFETY: the lock is held by the caller, the ids are open, the name ends with a NUL;
        // `bytes` holds one element of the type, which is only read.
        unsafe {
            let space = Handle::new(H5Screate(H5S_class_t::H5S_SCALAR), H5Sclose)?;
            let (name, space) = (name.as_ptr(), space.id);
            let id = H5Acreate2(object.id, name, datatype.id, space, H5P_DEFAULT, H5P_DEFAULT);
            let attribute = Handle::new(id, H5Aclose)?;
            checked(H5Awrite(attribute.id, datatype.id, bytes.as_ptr().cast()))?;
        }
    }
    Ok(())
}

fn datatype(element: &Element) -> Result<Handle, OutputError> {
    let fields = match element {
        Element::One(one) => return atom(*one),
        Element::Row(fields) => fields,
    };
    // SAFETY: the lock is held by the caller, the ids are open, names end with a NUL.
    unsafe {
        let id = H5Tcreate(H5T_class_t::H5T_COMPOUND, element.bytes());
        let row = Handle::new(id, H5Tclose)?;
        let mut offset = 0;
        for (name, field) in fields {
            let (name, member) = (c_string(name)?, atom(*field)?);
            checked(H5Tinsert(row.id, name.as_ptr(), offset, member.id))?;
            offset += field.bytes();
        }
        Ok(row)
    }
}

fn atom(atom: Atom) -> Result<Handle, OutputError> {
    // SAFETY: the lock is held by the caller, the library is open and its types with it; the ids
    // are those just created; names end with a NUL, and values are one byte as the base type says.
    unsafe {
        let copy = |id: hid_t| Handle::new(H5Tcopy(id), H5Tclose);
        match atom {
            Atom::Bits => copy(*H5T_STD_B8LE),
            Atom::Int => copy(*H5T_STD_I64LE),
            Atom::Float => copy(*H5T_IEEE_F64LE),
            Atom::Flag => {
                let flag = Handle::new(H5Tenum_create(*H5T_STD_I8LE), H5Tclose)?;
                for (name, value) in [(c"FALSE", 0i8), (c"TRUE", 1i8)] {
                    let (name, value): (*const c_char, _) = (name.as_ptr(), &raw const value);
                    checked(H5Tenum_insert(flag.id, name, value.cast()))?;
                }
                Ok(flag)
            }
            Atom::VariableText => {
                Err(OutputError::Limit("libhdf5 does not write --text variable here".to_owned()))
            }
            Atom::Text { bytes } => {
                let text = copy(*H5T_C_S1)?;
                checked(H5Tset_size(text.id, bytes))?;
                checked(H5Tset_strpad(text.id, H5T_str_t::H5T_STR_NULLPAD))?;
                checked(H5Tset_cset(text.id, H5T_cset_t::H5T_CSET_UTF8))?;
                Ok(text)
            }
        }
    }
}
