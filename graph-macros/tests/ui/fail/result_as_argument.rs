use graph_exec::delayed;

#[delayed]
fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

#[delayed]
fn or_zero(number: Result<i64, std::num::ParseIntError>) -> i64 {
    number.unwrap_or(0)
}

fn main() {
    drop(or_zero(parse("1")));
}
