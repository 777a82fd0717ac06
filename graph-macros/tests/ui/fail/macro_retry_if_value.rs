use graph_exec::delayed;

fn is_busy(error: &String) -> bool {
    error == "busy"
}

#[delayed(retry_if = is_busy)]
fn without_retries(x: i64) -> Result<i64, String> {
    Ok(x)
}

#[delayed(retries = 1, retry_if = is_busy)]
fn without_errors(x: i64) -> i64 {
    x
}

#[delayed(retries = 1, infallible, retry_if = is_busy)]
fn with_errors_as_values(x: i64) -> Result<i64, String> {
    Ok(x)
}

#[delayed(retries = 1, retry_if = |error| error == "busy")]
fn with_a_closure(x: i64) -> Result<i64, String> {
    Ok(x)
}

#[delayed(retries = 1, retry_if = is_busy)]
fn with_a_parameter_of_that_name(is_busy: i64) -> Result<i64, String> {
    Ok(is_busy)
}

#[delayed(resettable = true)]
fn with_a_value(x: i64) -> i64 {
    x
}

fn main() {
    drop((without_retries(1), without_errors(1), with_errors_as_values(1), with_a_closure(1), with_a_value(1)));
}
