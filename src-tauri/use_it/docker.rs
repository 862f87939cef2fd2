//! From the files of the version to a container that answers.

use super::serve::wait_and_ask;
use super::slug::slug;
use super::{UsedVersion, quote};

const PORT: u16 = 8080;

pub fn text(used: &UsedVersion) -> String {
    let name = slug(&used.model);
    let image = image(used);
    format!(
        "#!/bin/sh\n# {}. Beside the Dockerfile.\nset -eu\n{}\n\
         # Where there is such a folder already, this stops.\n\
         mkdir model\nmlflow artifacts download --artifact-uri {} --dst-path model\n\
         docker build --tag {image} .\n\
         docker run --detach --rm --name {name} --publish 127.0.0.1:{PORT}:8080 {image}\n\n{}",
        used.called(),
        used.server.exports(),
        quote::shell(&used.uri()),
        wait_and_ask(used, PORT),
    )
}

/// The name of the image, with the version as its tag.
pub fn image(used: &UsedVersion) -> String {
    let digits: String = used.version.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}:v{digits}", slug(&used.model))
}
