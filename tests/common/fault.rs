//! A loopback server that answers as it is told: too late, too little, or something else entirely.
//!
//! Answers are given in order, one per request; the last one repeats. Every request is kept.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One scripted answer.
#[derive(Clone, Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    wait_before_head: Duration,
    wait_before_body: Duration,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// The connection is closed without a word.
    NoAnswer,
    /// Half of the body is sent, then the connection is closed.
    ClosedMidBody,
    /// What is sent is no HTTP.
    Gibberish,
}

impl Response {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
            wait_before_head: Duration::ZERO,
            wait_before_body: Duration::ZERO,
            fault: Fault::None,
        }
    }

    /// 200 with this JSON text, sent as it is: bare `NaN`, int64 as texts and cut-off JSON included.
    pub fn json(text: &str) -> Self {
        Self::new(200, "application/json", text)
    }

    /// 200 with a page, as a proxy's login form answers.
    pub fn html() -> Self {
        Self::new(200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title><form>Sign in</form>")
    }

    /// An error as MLflow words it.
    pub fn error(status: u16, error_code: &str, message: &str) -> Self {
        let body = serde_json::json!({ "error_code": error_code, "message": message }).to_string();
        Self::new(status, "application/json", body)
    }

    /// An error as a proxy words it.
    pub fn text(status: u16, message: &str) -> Self {
        Self::new(status, "text/plain", message)
    }

    pub fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, "text/html", "").header("Location", to)
    }

    pub fn no_answer() -> Self {
        Self { fault: Fault::NoAnswer, ..Self::json("") }
    }

    pub fn gibberish() -> Self {
        Self { fault: Fault::Gibberish, ..Self::json("SSH-2.0-OpenSSH_9.2p1\r\n") }
    }

    pub fn closed_mid_body(self) -> Self {
        Self { fault: Fault::ClosedMidBody, ..self }
    }

    pub fn slow_head(self, wait: Duration) -> Self {
        Self { wait_before_head: wait, ..self }
    }

    /// The head and half of the body come at once, the rest after `wait`.
    pub fn slow_body(self, wait: Duration) -> Self {
        Self { wait_before_body: wait, ..self }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value of the query, as it was sent.
    pub fn query(&self, key: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// Which answer a request gets, where the order of requests is not the point.
type Script = Box<dyn FnMut(&Request) -> Response + Send>;

struct Shared {
    script: Mutex<Script>,
    requests: Mutex<Vec<Request>>,
    stopped: AtomicBool,
}

pub struct FaultServer {
    pub url: String,
    port: u16,
    shared: Arc<Shared>,
}

impl FaultServer {
    /// Gives these answers in order; the last one repeats.
    pub fn start(answers: impl IntoIterator<Item = Response>) -> Self {
        let mut left: Vec<Response> = answers.into_iter().collect();
        assert!(!left.is_empty(), "a script needs an answer");
        left.reverse();
        Self::scripted(move |_| {
            if left.len() > 1 { left.pop() } else { left.last().cloned() }.unwrap_or_else(Response::no_answer)
        })
    }

    /// Asks `script` what to answer to each request.
    pub fn scripted(script: impl FnMut(&Request) -> Response + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
        let port = listener.local_addr().expect("its number").port();
        let shared = Arc::new(Shared {
            script: Mutex::new(Box::new(script)),
            requests: Mutex::new(Vec::new()),
            stopped: AtomicBool::new(false),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let shared = serving.clone();
                // A client that goes away is the client's affair.
                std::thread::spawn(move || drop(shared.serve(stream)));
            }
        });
        Self { url: format!("http://127.0.0.1:{port}"), port, shared }
    }

    /// What was asked so far, in the order it arrived.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().expect("no test thread panicked here").clone()
    }

    pub fn count(&self) -> usize {
        self.requests().len()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let Some(request) = read_request(&mut stream)? else { return Ok(()) };
        let answer = {
            let mut script = self.script.lock().expect("the script does not panic");
            self.requests.lock().expect("no test thread panicked here").push(request.clone());
            script(&request)
        };
        std::thread::sleep(answer.wait_before_head);
        match answer.fault {
            Fault::NoAnswer => return stream.shutdown(Shutdown::Both),
            Fault::Gibberish => stream.write_all(&answer.body)?,
            Fault::None | Fault::ClosedMidBody => {
                let mut head = format!("HTTP/1.1 {} Scripted\r\n", answer.status);
                for (name, value) in &answer.headers {
                    head += &format!("{name}: {value}\r\n");
                }
                head += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", answer.body.len());
                stream.write_all(head.as_bytes())?;
                let (first, rest) = answer.body.split_at(answer.body.len() / 2);
                stream.write_all(first)?;
                stream.flush()?;
                std::thread::sleep(answer.wait_before_body);
                if answer.fault == Fault::None {
                    stream.write_all(rest)?;
                }
            }
        }
        stream.flush()?;
        stream.shutdown(Shutdown::Write)?;
        // Waits for the other side to have read it all: closing at once could reset the connection.
        let mut rest = [0; 512];
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        while stream.read(&mut rest)? > 0 {}
        Ok(())
    }
}

fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let (mut got, mut piece) = (Vec::new(), [0; 4096]);
    let head_end = loop {
        if let Some(at) = got.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Ok(None);
        }
        got.extend_from_slice(&piece[..read]);
    };
    let head = String::from_utf8_lossy(&got[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = got.split_off(head_end + 4);
    while body.len() < length.unwrap_or(0) {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            break;
        }
        body.extend_from_slice(&piece[..read]);
    }
    Ok(Some(Request { method, target, headers, body }))
}
