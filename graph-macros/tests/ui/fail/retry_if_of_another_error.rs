use graph_exec::delayed;

fn is_busy(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock
}

fn how_often(error: &String) -> usize {
    error.len()
}

#[delayed(retries = 1, retry_if = is_busy)]
fn of_another_error(x: i64) -> Result<i64, String> {
    Ok(x)
}

#[delayed(retries = 1, retry_if = how_often)]
fn of_another_answer(x: i64) -> Result<i64, String> {
    Ok(x)
}

fn main() {
    drop((of_another_error(1), of_another_answer(1)));
}
