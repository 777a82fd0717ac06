//! An HTTP service that answers with graphs.
//!
//! `cargo run -p graph-exec --example service -- 127.0.0.1:8080`, then `curl localhost:8080/mean/ibm`.
//!
//! - `GET /mean/NAME`: the mean price of a stock, by a graph that runs on all cores while the runtime's one
//!   thread goes on. A name that no stock has is a 404, from the error of the task that looked it up.
//! - `GET /slow/MILLISECONDS`: a task that takes so long. A request may take a second; then its run ends and the
//!   answer is a 503.
//!
//! When a client goes away, hyper drops the future of its answer, and with it the `Running`, which
//! cancels the run. Without an argument, the program is its own client, and checks the answers.

use std::{
    convert::Infallible,
    env,
    error::Error as _,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use graph_exec::{Error, Executor, prelude::*, task};
use http_body_util::Full;
use hyper::{Request, Response, StatusCode, body::Bytes, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The stock that was asked for does not exist: the client's mistake.
#[derive(Debug, thiserror::Error)]
#[error("there is no stock called `{0}`")]
struct NoSuchStock(String);

#[delayed]
fn prices(name: String) -> Result<Vec<f64>, NoSuchStock> {
    match name.as_str() {
        "ibm" => Ok(vec![118.5, 121.5]),
        "msft" => Ok(vec![30.0, 30.5]),
        _ => Err(NoSuchStock(name)),
    }
}

#[delayed]
fn mean(prices: &[f64]) -> f64 {
    prices.iter().sum::<f64>() / prices.len() as f64
}

/// How many slow tasks are at work.
static SLOW: AtomicUsize = AtomicUsize::new(0);

#[delayed]
fn slow(milliseconds: u64) -> Result<f64, task::Cancelled> {
    SLOW.fetch_add(1, Ordering::SeqCst);
    let mut rest = 0..milliseconds;
    let result = rest.try_for_each(|_| {
        std::thread::sleep(Duration::from_millis(1));
        task::check()
    });
    SLOW.fetch_sub(1, Ordering::SeqCst);
    result.map(|()| milliseconds as f64)
}

async fn answer(executor: &Executor, path: &str) -> (StatusCode, String) {
    let graph = match path.trim_start_matches('/').split_once('/') {
        Some(("mean", name)) => mean(prices(name.to_owned())),
        Some(("slow", text)) => match text.parse::<u64>() {
            Ok(milliseconds) => slow(milliseconds),
            Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()),
        },
        _ => return (StatusCode::NOT_FOUND, "try /mean/ibm".to_owned()),
    };
    match executor.spawn(graph).await {
        Ok(number) => (StatusCode::OK, number.to_string()),
        // There was no time for it, or the service is ending.
        Err(error @ (Error::TimedOut { .. } | Error::Cancelled { .. })) => {
            (StatusCode::SERVICE_UNAVAILABLE, error.to_string())
        }
        Err(error) => match error.source().and_then(|cause| cause.downcast_ref::<NoSuchStock>()) {
            Some(cause) => (StatusCode::NOT_FOUND, cause.to_string()),
            None => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")),
        },
    }
}

async fn serve(listener: TcpListener, executor: Executor) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let executor = executor.clone();
        tokio::spawn(async move {
            let service = service_fn(|request: Request<_>| {
                let (executor, path) = (executor.clone(), request.uri().path().to_owned());
                async move {
                    let _: &Request<hyper::body::Incoming> = &request;
                    let (status, text) = answer(&executor, &path).await;
                    let mut response = Response::new(Full::new(Bytes::from(text + "\n")));
                    *response.status_mut() = status;
                    Ok::<_, Infallible>(response)
                }
            });
            // A client that has gone away is an error of its connection alone.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Sends a request, whose answer is still to be read.
async fn send(address: &str, path: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

/// Asks the service, and returns the status line and the last line.
async fn ask(address: &str, path: &str) -> std::io::Result<(String, String)> {
    let mut stream = send(address, path).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    let mut lines = text.lines();
    let (first, last) = (lines.next().unwrap_or_default(), lines.next_back().unwrap_or_default());
    Ok((first.to_owned(), last.to_owned()))
}

/// Waits until so many slow tasks are at work.
async fn until_slow(count: usize) {
    while SLOW.load(Ordering::SeqCst) != count {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plain = Executor::builder().build()?;
    let executor = plain.clone().with_timeout(Duration::from_secs(1));
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0")).await?;
    let local = listener.local_addr()?.to_string();
    println!("listening on {local}");
    let server = serve(listener, executor);
    if address.is_some() {
        return Ok(server.await?);
    }
    let server = tokio::spawn(server);
    for (path, status) in
        [("/mean/ibm", "200"), ("/mean/unknown", "404"), ("/slow/5", "200"), ("/slow/60000", "503")]
    {
        let (first, last) = ask(&local, path).await?;
        println!("GET {path}: {first}: {last}");
        assert!(first.contains(status), "{path} was to be answered with {status}");
    }
    // A client that goes away takes its run with it. There is no time limit here, so nothing else would end that.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let patient = listener.local_addr()?.to_string();
    let patient_server = tokio::spawn(serve(listener, plain));
    let gone = send(&patient, "/slow/3600000").await?;
    until_slow(1).await;
    drop(gone);
    tokio::time::timeout(Duration::from_secs(60), until_slow(0)).await?;
    println!("a client went away, and its task ended");
    server.abort();
    patient_server.abort();
    Ok(())
}
