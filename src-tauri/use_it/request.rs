//! What a client sends to a served model: the example that was logged with it, or one made of its signature.

use serde_json::{Value, json};

use super::quote;

/// Longer requests are not written out.
const MOST_BYTES: usize = 4_000;

/// The content of a request to `/invocations`.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// The input example of the model.
    Example(Value),
    /// Made of its signature: the names and types are right, the values are none that mean anything.
    FromSignature(Value),
    /// It takes tensors of these shapes, too large to be written out.
    Tensors(Vec<Tensor>),
    /// It has an example that is too long, and no signature that helps.
    TooLong,
    /// The version says nothing of what it takes, or that was not read.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// None where the model has only one, without a name.
    pub name: Option<String>,
    /// As NumPy calls it.
    pub dtype: String,
    /// Any length counts as 1.
    pub shape: Vec<u64>,
}

impl Request {
    /// By the logged request (`serving_input_example.json`), else by the inputs and params of the signature, as the lists
    /// that MLflow writes.
    pub fn of(example: Option<&str>, inputs: Option<&Value>, params: Option<&Value>) -> Self {
        let example = example.and_then(|text| serde_json::from_str(text).ok()).filter(Value::is_object);
        let too_long = match example {
            Some(example) if example.to_string().len() <= MOST_BYTES => return Self::Example(example),
            example => example.is_some(),
        };
        match inputs.and_then(|inputs| of_signature(inputs, params)) {
            Some(made) => made,
            None if too_long => Self::TooLong,
            None => Self::Unknown,
        }
    }

    /// What is to be known of it, if anything.
    pub fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Example(_) => None,
            Self::FromSignature(_) => Some("The values of the request are made of the signature: put real ones."),
            Self::Tensors(_) => Some("The request is made of zeros in the shape of the signature: put real numbers."),
            Self::TooLong => Some("The input example of this version is too long to be shown: fill in a request."),
            Self::Unknown => {
                Some("Neither an input example nor a signature of this version is known: fill in a request.")
            }
        }
    }

    /// A command of a shell that sends it to `address`.
    pub fn curl(&self, address: &str) -> String {
        let curl = |data: &str| {
            format!(
                "curl --silent --show-error --fail --header 'Content-Type: application/json' \\\n  --data {data} {address}"
            )
        };
        match self {
            Self::Tensors(tensors) => format!(
                "python3 -c {} |\n  {}\n",
                quote::shell(&zeros(tensors)),
                curl("@-").replace("\\\n  ", "\\\n    ")
            ),
            _ => format!("{} <<'JSON'\n{}\nJSON\n", curl("@-"), self.json()),
        }
    }

    /// The lines of Python that make `data`, which `predict` is given; with what they import.
    pub fn python(&self) -> (Vec<&'static str>, String) {
        let content = match self {
            Self::Example(content) | Self::FromSignature(content) => content,
            Self::Tensors(tensors) => return (vec!["import numpy"], format!("data = {}\n", arrays(tensors))),
            Self::TooLong | Self::Unknown => {
                return (Vec::new(), "data = ...  # what the model takes, such as a pandas.DataFrame\n".to_owned());
            }
        };
        let frame = content.get("dataframe_split");
        let rows = frame.and_then(|split| split.get("data")).or_else(|| content.get("dataframe_records"));
        if let Some(rows) = rows {
            let columns = frame.and_then(|split| split.get("columns"));
            let columns = columns.map_or(String::new(), |columns| format!(", columns={}", quote::python(columns)));
            let frame = format!("data = pandas.DataFrame({}{columns})\n", quote::python(rows));
            return (vec!["import pandas"], frame);
        }
        match content.get("inputs").or_else(|| content.get("instances")) {
            Some(Value::Object(named)) if named.values().all(Value::is_array) => {
                let array = |(name, value): (&String, &Value)| {
                    format!("{}: numpy.array({})", quote::text(name), quote::python(value))
                };
                let arrays = named.iter().map(array).collect::<Vec<_>>().join(", ");
                (vec!["import numpy"], format!("data = {{{arrays}}}\n"))
            }
            Some(items @ Value::Array(_)) if is_numeric(items) => {
                (vec!["import numpy"], format!("data = numpy.array({})\n", quote::python(items)))
            }
            Some(other) => (Vec::new(), format!("data = {}\n", quote::python(other))),
            None => (Vec::new(), format!("data = {}\n", quote::python(content))),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Example(content) | Self::FromSignature(content) => content.to_string(),
            _ => json!({ "inputs": [] }).to_string(),
        }
    }
}

fn is_numeric(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_numeric),
        other => other.is_number(),
    }
}

fn of_signature(inputs: &Value, params: Option<&Value>) -> Option<Request> {
    let fields = inputs.as_array().filter(|fields| !fields.is_empty())?;
    let with_params = |mut content: Value| {
        let default = |param: &Value| Some((param.get("name")?.as_str()?.to_owned(), param.get("default")?.clone()));
        let params: serde_json::Map<String, Value> =
            params.and_then(Value::as_array).into_iter().flatten().filter_map(default).collect();
        if let Some(fields) = content.as_object_mut().filter(|_| !params.is_empty()) {
            fields.insert("params".to_owned(), Value::Object(params));
        }
        content
    };
    let tensors: Option<Vec<Tensor>> = fields.iter().map(tensor).collect();
    if let Some(tensors) = tensors {
        let written: u64 = tensors.iter().map(Tensor::length).sum();
        if written > 64 {
            return Some(Request::Tensors(tensors));
        }
        let inputs = match tensors.as_slice() {
            [Tensor { name: None, shape, dtype }] => filled(shape, &zero_of(dtype)),
            named => {
                let value = |tensor: &Tensor| {
                    (tensor.name.clone().unwrap_or_default(), filled(&tensor.shape, &zero_of(&tensor.dtype)))
                };
                Value::Object(named.iter().map(value).collect())
            }
        };
        return Some(Request::FromSignature(with_params(json!({ "inputs": inputs }))));
    }
    let row: Vec<Value> = fields.iter().map(|field| placeholder(field, 0)).collect();
    let names: Option<Vec<&str>> = fields.iter().map(|field| field.get("name")?.as_str()).collect();
    let content = match names {
        Some(names) => json!({ "dataframe_split": { "columns": names, "data": [row] } }),
        None => json!({ "dataframe_split": { "data": [row] } }),
    };
    let content = with_params(content);
    (content.to_string().len() <= MOST_BYTES).then_some(Request::FromSignature(content)).or(Some(Request::TooLong))
}

fn tensor(field: &Value) -> Option<Tensor> {
    let spec = field.get("tensor-spec")?;
    let length = |length: &Value| length.as_i64().map(|length| u64::try_from(length).unwrap_or(1));
    Some(Tensor {
        name: field.get("name").and_then(Value::as_str).map(str::to_owned),
        dtype: spec.get("dtype").and_then(Value::as_str).unwrap_or("float32").to_owned(),
        shape: spec.get("shape")?.as_array()?.iter().map(length).collect::<Option<_>>()?,
    })
}

impl Tensor {
    fn length(&self) -> u64 {
        self.shape.iter().fold(1, |all, length| all.saturating_mul(*length))
    }
}

fn zero_of(dtype: &str) -> Value {
    match dtype {
        "bool" => json!(false),
        "str" | "object" => json!("text"),
        _ if dtype.starts_with("int") || dtype.starts_with("uint") => json!(0),
        _ => json!(0.0),
    }
}

fn filled(shape: &[u64], zero: &Value) -> Value {
    match shape.split_first() {
        Some((length, rest)) => Value::Array((0..*length).map(|_| filled(rest, zero)).collect()),
        None => zero.clone(),
    }
}

/// A value of the type of a field. Types in types end somewhere.
fn placeholder(field: &Value, depth: u32) -> Value {
    if depth > 6 {
        return Value::Null;
    }
    let inner = |key: &str| field.get(key).map_or(Value::Null, |inner| placeholder(inner, depth + 1));
    match field.get("type").and_then(Value::as_str) {
        Some("boolean") => json!(false),
        Some("integer" | "long") => json!(0),
        Some("float" | "double") => json!(0.0),
        Some("binary") => json!(""),
        Some("datetime") => json!("2026-01-31T12:00:00"),
        Some("array") => json!([inner("items")]),
        Some("map") => json!({ "key": inner("values") }),
        Some("object") => {
            let properties = field.get("properties").and_then(Value::as_object);
            let value = |(name, of): (&String, &Value)| (name.clone(), placeholder(of, depth + 1));
            Value::Object(properties.into_iter().flatten().map(value).collect())
        }
        Some("any") => Value::Null,
        _ => json!("text"),
    }
}

/// Zeros as NumPy makes them.
fn arrays(tensors: &[Tensor]) -> String {
    let of = |tensor: &Tensor| {
        let shape: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
        format!("numpy.zeros([{}], dtype={})", shape.join(", "), quote::text(&tensor.dtype))
    };
    match tensors {
        [only @ Tensor { name: None, .. }] => of(only),
        named => {
            let field = |tensor: &Tensor| {
                format!("{}: {}", quote::text(tensor.name.as_deref().unwrap_or_default()), of(tensor))
            };
            format!("{{{}}}", named.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A program that writes the same as JSON, with Python alone.
fn zeros(tensors: &[Tensor]) -> String {
    let of = |tensor: &Tensor| {
        let shape: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
        format!("zeros({}, {})", quote::python(&zero_of(&tensor.dtype)), shape.join(", "))
    };
    let inputs = match tensors {
        [only @ Tensor { name: None, .. }] => of(only),
        named => {
            let field = |tensor: &Tensor| {
                format!("{}: {}", quote::text(tensor.name.as_deref().unwrap_or_default()), of(tensor))
            };
            format!("{{{}}}", named.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    };
    format!(
        "import json\ndef zeros(of, *shape):\n    return [zeros(of, *shape[1:]) for _ in range(shape[0])] if shape else of\n\
         print(json.dumps({{\"inputs\": {inputs}}}))"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logged_request_comes_before_one_that_is_made() {
        let example = r#"{"dataframe_split":{"columns":["a"],"data":[[1.5]]}}"#;
        let inputs = json!([{ "type": "long", "name": "b" }]);
        let request = Request::of(Some(example), Some(&inputs), None);
        assert_eq!(request, Request::Example(serde_json::from_str(example).unwrap()));
        assert_eq!(request.python().1, "data = pandas.DataFrame([[1.5]], columns=[\"a\"])\n");
        let long = format!(r#"{{"inputs":[{}1]}}"#, "1,".repeat(4000));
        assert!(matches!(Request::of(Some(&long), Some(&inputs), None), Request::FromSignature(_)));
        assert_eq!(Request::of(Some(&long), None, None), Request::TooLong);
        for none in [None, Some("{"), Some("[1]")] {
            assert_eq!(Request::of(none, None, None), Request::Unknown, "{none:?}");
        }
    }

    #[test]
    fn a_request_has_each_field_of_the_signature_in_its_type() {
        let inputs = json!([
            { "type": "double", "name": "it's", "required": true },
            { "type": "array", "items": { "type": "object", "properties": { "role": { "type": "string" } } }, "name": "m" },
        ]);
        let params = json!([{ "name": "temperature", "type": "float", "default": 0.5, "shape": null }]);
        let Request::FromSignature(content) = Request::of(None, Some(&inputs), Some(&params)) else { panic!("made") };
        let expected = json!({
            "dataframe_split": { "columns": ["it's", "m"], "data": [[0.0, [{ "role": "text" }]]] },
            "params": { "temperature": 0.5 },
        });
        assert_eq!(content, expected);
    }

    #[test]
    fn tensors_are_written_out_while_they_are_small() {
        let of = |shape: Value, name: Option<&str>| {
            let mut field = json!({ "type": "tensor", "tensor-spec": { "dtype": "float32", "shape": shape } });
            if let Some(name) = name {
                field["name"] = json!(name);
            }
            Request::of(None, Some(&json!([field])), None)
        };
        assert_eq!(of(json!([-1, 2]), None), Request::FromSignature(json!({ "inputs": [[0.0, 0.0]] })));
        let named = json!({ "inputs": { "x": [0.0] } });
        assert_eq!(of(json!([-1]), Some("x")), Request::FromSignature(named));
        let image = of(json!([-1, 3, 224, 224]), None);
        assert!(matches!(&image, Request::Tensors(tensors) if tensors[0].shape == [1, 3, 224, 224]), "{image:?}");
        assert_eq!(image.python().1, "data = numpy.zeros([1, 3, 224, 224], dtype=\"float32\")\n");
        assert!(image.curl("http://127.0.0.1:8080/invocations").contains("zeros(0.0, 1, 3, 224, 224)"));
    }
}
