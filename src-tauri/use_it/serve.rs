//! A server on this machine by `mlflow models serve`, and a request to it.

use super::{UsedVersion, quote};

const PORT: u16 = 5001;

pub fn text(used: &UsedVersion) -> String {
    let uri = quote::shell(&used.uri());
    let mut text = format!("# {}.\n{}\n", used.called(), used.server.exports());
    text += "# The packages of this Python serve it. With --env-manager virtualenv MLflow makes an environment of the\n\
             # packages that the model asks for.\n";
    text += &format!(
        "mlflow models serve \\\n  --model-uri {uri} \\\n  --host 127.0.0.1 --port {PORT} \\\n  --env-manager local &\n\
         serving=$!\n\n"
    );
    text += &wait_and_ask(used, PORT);
    text += "\n# It serves until it is stopped.\nwait \"$serving\"\n";
    text
}

/// Lines that wait for a server at this port of this machine, and then send the request.
pub fn wait_and_ask(used: &UsedVersion, port: u16) -> String {
    let ping = format!("http://127.0.0.1:{port}/ping");
    let waits = format!("until curl --silent --fail --output /dev/null {ping}; do sleep 1; done\n");
    waits + &used.request.curl(&format!("http://127.0.0.1:{port}/invocations"))
}
