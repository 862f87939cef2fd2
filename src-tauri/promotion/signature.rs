//! What a model takes and gives, as MLflow writes it into its `MLmodel` file. Pure.

use serde::Serialize;
use serde_json::Value;
use specta::Type;

/// The signature of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    pub inputs: Vec<Field>,
    pub outputs: Vec<Field>,
    pub params: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Empty where the model tells its columns by their places.
    pub name: String,
    /// `double`, or for a tensor its type and shape.
    pub kind: String,
    pub required: bool,
}

impl Signature {
    /// The signature of an `MLmodel` file; none where it has none, or one that cannot be read.
    pub fn of_ml_model(text: &str) -> Option<Self> {
        let [inputs, outputs, params] = Self::texts_of_ml_model(text)?;
        Self::of_texts(inputs.as_deref(), outputs.as_deref(), params.as_deref())
    }

    /// The JSON texts of its inputs, outputs and params as an `MLmodel` file has them; none where one cannot be read.
    pub fn texts_of_ml_model(text: &str) -> Option<[Option<String>; 3]> {
        let mut lines = text.lines().skip_while(|line| line.trim_end() != "signature:").skip(1).peekable();
        let mut texts = [None, None, None];
        while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
            let Some((key, rest)) = line.trim_start().split_once(':') else { continue };
            let at = ["inputs", "outputs", "params"].iter().position(|known| *known == key);
            let indent = indent(line);
            let mut scalar = rest.trim().to_owned();
            // A long text goes on in the next lines, further in.
            while let Some(more) = lines.next_if(|line| line.trim().is_empty() || self::indent(line) > indent) {
                match scalar.strip_suffix('\\').map(str::to_owned) {
                    Some(open) => scalar = open + more.trim().strip_prefix('\\').unwrap_or(more.trim()),
                    None => scalar = scalar + " " + more.trim(),
                }
            }
            if let Some(at) = at {
                texts[at] = Some(unquoted(&scalar)?);
            }
        }
        Some(texts)
    }

    /// From the tag `mlflow.log-model.history` of a run: of the model in `folder`, or of this logged model.
    pub fn of_history(tag: &str, folder: &str, model_id: Option<&str>) -> Option<Self> {
        let all: Value = serde_json::from_str(tag).ok()?;
        let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let is_it = |entry: &&Value| match model_id {
            Some(id) => text(entry, "model_id").as_deref() == Some(id),
            None => text(entry, "artifact_path").as_deref() == Some(folder),
        };
        // Logged twice to one place, the later one is there.
        let signature = all.as_array()?.iter().rfind(is_it)?.get("signature")?;
        let [inputs, outputs, params] = ["inputs", "outputs", "params"].map(|key| text(signature, key));
        Self::of_texts(inputs.as_deref(), outputs.as_deref(), params.as_deref())
    }

    /// From the three JSON texts that MLflow keeps; none where all are missing or one cannot be read.
    pub fn of_texts(inputs: Option<&str>, outputs: Option<&str>, params: Option<&str>) -> Option<Self> {
        let given =
            |text: Option<&str>| text.map(str::trim).filter(|text| !matches!(*text, "" | "null" | "~")).map(fields);
        let [inputs, outputs, params] = [given(inputs), given(outputs), given(params)];
        if inputs.is_none() && outputs.is_none() && params.is_none() {
            return None;
        }
        let whole = |fields: Option<Option<Vec<Field>>>| fields.unwrap_or_else(|| Some(Vec::new()));
        Some(Self { inputs: whole(inputs)?, outputs: whole(outputs)?, params: whole(params)? })
    }

    /// What a caller of `self` would meet if he called `next` instead; empty where he can do so unchanged.
    pub fn broken_by(&self, next: &Self) -> Vec<String> {
        let mut broken = Vec::new();
        for field in &next.inputs {
            match self.inputs.iter().find(|known| known.name == field.name) {
                None if field.required => broken.push(format!("input {} is new and required", called(&field.name))),
                Some(known) if known.kind != field.kind => {
                    broken.push(format!("input {} is {}, was {}", called(&field.name), field.kind, known.kind));
                }
                Some(known) if field.required && !known.required => {
                    broken.push(format!("input {} is now required", called(&field.name)));
                }
                _ => {}
            }
        }
        let same_names = self.outputs.iter().map(|field| &field.name).eq(next.outputs.iter().map(|field| &field.name));
        if !same_names {
            broken.push("other outputs".to_owned());
        } else {
            let differing = self.outputs.iter().zip(&next.outputs).filter(|(was, is)| was.kind != is.kind);
            broken.extend(
                differing.map(|(was, is)| format!("output {} is {}, was {}", called(&is.name), is.kind, was.kind)),
            );
        }
        broken
    }

    /// "14 inputs, 1 output".
    pub fn words(&self) -> String {
        let count = |fields: &[Field], word: &str| match fields.len() {
            1 => format!("1 {word}"),
            several => format!("{several} {word}s"),
        };
        let mut words = vec![count(&self.inputs, "input"), count(&self.outputs, "output")];
        if !self.params.is_empty() {
            words.push(count(&self.params, "param"));
        }
        words.join(", ")
    }
}

fn called(name: &str) -> &str {
    if name.is_empty() { "without a name" } else { name }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A YAML scalar as a text.
fn unquoted(scalar: &str) -> Option<String> {
    if let Some(inner) = scalar.strip_prefix('\'') {
        return Some(inner.strip_suffix('\'')?.replace("''", "'"));
    }
    match scalar.starts_with('"') {
        // The escapes that PyYAML writes are those of JSON.
        true => serde_json::from_str(scalar).ok(),
        false => Some(scalar.to_owned()),
    }
}

fn fields(text: &str) -> Option<Vec<Field>> {
    let read: Value = serde_json::from_str(text).ok()?;
    let field = |field: &Value| {
        let name = field.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = match field.get("tensor-spec") {
            Some(tensor) => {
                let shape = tensor.get("shape").map(Value::to_string).unwrap_or_default();
                format!("{} {shape}", tensor.get("dtype").and_then(Value::as_str).unwrap_or("tensor"))
            }
            None => {
                let kind = field.get("type")?;
                kind.as_str().map_or_else(|| kind.to_string(), str::to_owned)
            }
        };
        // Before MLflow had the word, every input was required; a param has a default.
        let required = field.get("required").and_then(Value::as_bool).unwrap_or(field.get("default").is_none());
        Some(Field { name, kind, required })
    };
    read.as_array()?.iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ML_MODEL: &str = r#"artifact_path: model
flavors:
  python_function:
    inputs: no
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "string",
    "name": "it''s", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
utc_time_created: '2026-11-01'
"#;

    #[test]
    fn a_signature_is_read_out_of_an_ml_model_file() {
        let signature = Signature::of_ml_model(ML_MODEL).unwrap();
        let names: Vec<(&str, &str, bool)> = signature
            .inputs
            .iter()
            .chain(&signature.outputs)
            .map(|field| (field.name.as_str(), field.kind.as_str(), field.required))
            .collect();
        assert_eq!(names, [("age", "double", true), ("it's", "string", false), ("", "int64 [-1]", true)]);
        assert_eq!(signature.words(), "2 inputs, 1 output");
        let quoted =
            "signature:\n  inputs: \"[{\\\"type\\\": \\\"long\\\", \\\"name\\\": \\\n    \\ \\\"\\u5E74\\\"}]\"\n";
        let read = Signature::of_ml_model(quoted).unwrap();
        assert_eq!((read.inputs[0].name.as_str(), read.inputs[0].kind.as_str()), ("年", "long"));
        for none in ["", "flavors: {}", "signature:\n", "signature:\n  inputs: '[{'\n"] {
            assert_eq!(Signature::of_ml_model(none), None, "{none}");
        }
    }

    #[test]
    fn a_signature_is_found_in_the_history_of_a_run() {
        let tag = r#"[{"artifact_path":"model","signature":{"inputs":"[{\"type\":\"long\"}]","outputs":null}},
            {"artifact_path":"other"},
            {"artifact_path":"model","model_id":"m-1","signature":{"inputs":"[{\"type\":\"double\"}]"}}]"#;
        let kind = |folder, id| Signature::of_history(tag, folder, id).map(|found| found.inputs[0].kind.clone());
        assert_eq!(kind("model", None).as_deref(), Some("double"), "the later one");
        assert_eq!(kind("", Some("m-1")).as_deref(), Some("double"));
        assert_eq!((kind("other", None), kind("", Some("m-2")), kind("gone", None)), (None, None, None));
        assert_eq!(Signature::of_history("{", "model", None), None);
    }

    fn with(inputs: &str) -> Signature {
        Signature::of_texts(Some(inputs), Some(r#"[{"type":"double"}]"#), None).unwrap()
    }

    #[test]
    fn what_breaks_a_caller_is_said_and_what_does_not_is_not() {
        let was = with(r#"[{"type":"long","name":"a"},{"type":"long","name":"b","required":false}]"#);
        let broken = |inputs: &str| was.broken_by(&with(inputs));
        assert_eq!(broken(r#"[{"type":"long","name":"a"}]"#), [""; 0], "what is no longer asked for breaks nobody");
        assert_eq!(broken(r#"[{"type":"long","name":"c","required":false}]"#), [""; 0]);
        assert_eq!(broken(r#"[{"type":"long","name":"c"}]"#), ["input c is new and required"]);
        assert_eq!(broken(r#"[{"type":"double","name":"a"}]"#), ["input a is double, was long"]);
        assert_eq!(broken(r#"[{"type":"long","name":"b","required":true}]"#), ["input b is now required"]);
        let outputs = |outputs: &str| Signature::of_texts(None, Some(outputs), None).unwrap();
        let was = outputs(r#"[{"type":"double"}]"#);
        assert_eq!(was.broken_by(&outputs(r#"[{"type":"long"}]"#)), ["output without a name is long, was double"]);
        assert_eq!(was.broken_by(&outputs("[]")), ["other outputs"]);
    }
}
