//! Snippets as the programs that read them see them: a shell, Python, YAML, and MLflow's own reader of requests.

use std::path::Path;
use std::process::Command;

use podium::use_it::{Request, SignIn, SnippetKind, TrackingServer, UsedVersion, snippets};
use serde_json::{Value, json};

use super::common::mlflow::Version;

/// Names as a server takes them, and worse: what a database that came from elsewhere may hold.
const NAMES: &[&str] = &[
    "churn-gbdt",
    "it's a \"test\"",
    "two\nlines; touch pwned",
    "$(touch pwned)`touch pwned`${HOME}",
    " spaces ",
    "team/churn",
    "--help",
    "年 \\n %s",
    "a: b # c",
    "${{ secrets.TOKEN }}",
    "*",
    "back\u{202e}wards",
    "'''\"\"\"",
];

fn inputs() -> Vec<Value> {
    let tensor = |shape: Value, name: Value| {
        let mut field = json!({ "type": "tensor", "tensor-spec": { "dtype": "float32", "shape": shape } });
        if name.is_string() {
            field["name"] = name;
        }
        field
    };
    vec![
        Value::Null,
        json!([
            { "type": "double", "name": "it's", "required": true },
            { "type": "long", "name": "a \"b\"", "required": true },
            { "type": "string", "name": "$(x)", "required": false },
            { "type": "boolean", "name": "ok", "required": true },
            { "type": "datetime", "name": "at", "required": true },
        ]),
        json!([{ "type": "double", "required": true }, { "type": "string", "required": true }]),
        json!([{ "type": "array", "name": "m", "required": true, "items": { "type": "object", "properties": {
            "role": { "type": "string", "required": true }, "score": { "type": "double", "required": true } } } }]),
        json!([tensor(json!([-1, 2]), Value::Null)]),
        json!([tensor(json!([-1, 2]), json!("a")), tensor(json!([-1]), json!("b"))]),
        json!([tensor(json!([-1, 3, 64, 64]), Value::Null)]),
    ]
}

fn used(model: &str, alias: Option<&str>, inputs: &Value) -> UsedVersion {
    UsedVersion {
        model: model.to_owned(),
        version: "3".to_owned(),
        alias: alias.map(str::to_owned),
        source: "models:/m-1".to_owned(),
        server: TrackingServer {
            uri: Some("https://mlflow.example/it's".to_owned()),
            sign_in: SignIn::Token,
            workspace: Some("a \"b\"".to_owned()),
            ca_file: Some("/etc/it's $HOME.pem".to_owned()),
            ..TrackingServer::default()
        },
        flavors: vec!["python_function".to_owned(), "sklearn".to_owned()],
        python: None,
        mlflow: None,
        requires_mlflow: None,
        request: Request::of(None, Some(inputs), None),
    }
}

#[test]
fn each_snippet_is_what_its_language_takes_and_a_name_in_it_is_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut cases = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        for alias in [Some("champion"), None] {
            let all = inputs();
            let inputs = &all[at % all.len()];
            let used = used(name, alias, inputs);
            for snippet in snippets(&used) {
                let kind = format!("{:?}", snippet.kind);
                if matches!(snippet.kind, SnippetKind::Serve | SnippetKind::Docker) {
                    assert_eq!(uri_given_to_mlflow(folder.path(), &snippet.text), used.uri(), "{name:?} {kind}");
                }
                cases.push(
                    json!({ "kind": kind, "text": snippet.text, "uri": used.uri(), "model": name, "inputs": inputs }),
                );
            }
        }
    }
    // Each kind of request, whatever the name.
    for inputs in inputs() {
        let used = used("churn", None, &inputs);
        for snippet in snippets(&used).into_iter().filter(|snippet| snippet.kind == SnippetKind::Docker) {
            cases.push(json!({ "kind": "Docker", "text": snippet.text, "uri": used.uri(), "model": "churn", "inputs": inputs }));
        }
    }
    let file = folder.path().join("cases.json");
    std::fs::write(&file, serde_json::to_vec(&cases).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/promotion/check_snippets.py");
    let checked = Command::new(Version::Newest.python()).arg(script).arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{told}\n{}", String::from_utf8_lossy(&checked.stderr));
    let sent = |case: &&Value| case["kind"] == "Serve" || case["kind"] == "Docker";
    let requests = cases.iter().filter(sent).count();
    assert_eq!(told.trim(), format!("{} snippets, {requests} requests", cases.len()), "{told}");
    assert!(!folder.path().join("pwned").exists(), "a name was run as a command");
}

/// Runs the commands with programs that only note what they are given, and answers with what stood behind the option that
/// names the model.
fn uri_given_to_mlflow(folder: &Path, text: &str) -> String {
    let notes = folder.join("notes");
    let _gone = (std::fs::remove_file(&notes), std::fs::remove_dir(folder.join("model")));
    let stubs = "mlflow() { printf '%s\\0' \"$@\" >> notes; }\ndocker() { :; }\ncurl() { cat > /dev/null < /dev/null; }\n\
                 python3() { :; }\nsleep() { :; }\nexport MLFLOW_TRACKING_TOKEN=x\n";
    let checked = Command::new("bash").arg("-n").arg("-c").arg(text).output().unwrap();
    assert!(checked.status.success(), "{text}\n{}", String::from_utf8_lossy(&checked.stderr));
    let run = Command::new("bash").arg("-c").arg(format!("{stubs}{text}")).current_dir(folder).output().unwrap();
    assert!(run.status.success(), "{text}\n{}", String::from_utf8_lossy(&run.stderr));
    let given = String::from_utf8(std::fs::read(&notes).unwrap()).unwrap();
    let given: Vec<&str> = given.split('\0').collect();
    let at = given.iter().position(|word| matches!(*word, "--model-uri" | "--artifact-uri")).unwrap();
    given[at + 1].to_owned()
}
