# Prints what an HDF5 file holds, column by column: "column NAME", then a value a line. Floats have 17
# digits, which is all they have.
#
# Arguments: the layout and the file.

suppressPackageStartupMessages({
  library(rhdf5)
  library(bit64)
})

layout <- commandArgs(TRUE)[1]
file <- commandArgs(TRUE)[2]
columns <- switch(layout,
  "table" = h5read(file, "/data/table", bit64conversion = "bit64"),
  "columns" = h5read(file, "/data", bit64conversion = "bit64"),
  "pandas-fixed" = {
    root <- h5ls(file, recursive = FALSE)
    names <- root$name[root$otype == "H5I_DATASET"]
    sapply(names, function(name) h5read(file, name, bit64conversion = "bit64"), simplify = FALSE)
  }
)

text <- function(values) {
  if (is.double(values) && !is.integer64(values)) sprintf("%.17g", values) else as.character(values)
}
for (name in names(columns)) {
  writeLines(c(paste("column", name), text(columns[[name]])), useBytes = TRUE)
}
