//! What of a text from elsewhere is not taken over: paths that lead to other machines, or that something is put into.

use super::SharedProfile;
use crate::connect::ssh::is_own_pipe;
use crate::connect::{Hop, ProfileKind};

const LONGEST_NAME: usize = 200;

/// Why a name is not taken over: it would pass for another one, which may be here.
pub(super) fn to_name(name: &str) -> Option<String> {
    let passes_for_another = name.trim() != name || untrusted_text::name(name, LONGEST_NAME) != name;
    passes_for_another.then(|| "its name holds what cannot be seen, or is longer than any name".to_owned())
}

/// Why a hop is not taken over: the words behind "is left out:".
pub(super) fn to_hop(hop: &Hop) -> Option<String> {
    let own_agents = ["SSH_AUTH_SOCK", "$SSH_AUTH_SOCK", "${SSH_AUTH_SOCK}"];
    let agent = hop.agent.as_deref().map(str::trim).filter(|agent| !own_agents.contains(agent));
    let pipe = agent.filter(|agent| is_own_pipe(agent));
    let files = [
        ("key file", hop.identity_file.as_deref()),
        ("certificate file", hop.certificate_file.as_deref()),
        ("agent", agent.filter(|_| pipe.is_none())),
    ];
    let by_place = files.iter().find_map(|(what, path)| to_place(what, (*path)?));
    let what_is_put_in =
        || files.into_iter().chain([("agent", pipe)]).find_map(|(what, path)| to_what_is_put_in(what, path?));
    by_place.or_else(what_is_put_in)
}

/// As [`to_hop()`], of what a profile itself names: in these, nothing but the home folder is put in.
pub(super) fn to_profile(shared: &SharedProfile) -> Option<String> {
    let tls = &shared.server.tls;
    // The sample is a database, too, and a text may say that it is anywhere.
    let database = (shared.kind != ProfileKind::Server).then_some(shared.address.as_str());
    let files = [
        ("database", database),
        ("CA file", tls.ca_file.as_deref()),
        ("client certificate", tls.client_certificate_file.as_deref()),
        ("client key", tls.client_key_file.as_deref()),
    ];
    files.into_iter().find_map(|(what, path)| to_place(what, path?))
}

/// Windows signs in to the machine of a path like `\\host\share` with what it knows of its user, without asking.
fn to_place(what: &str, path: &str) -> Option<String> {
    let plain = path.trim().replace('/', "\\");
    // Behind the home folder, a path that begins anew would take its place.
    let plain = plain.strip_prefix("~\\").unwrap_or(&plain);
    let leaves = plain.starts_with(r"\\") || plain.starts_with(r"\??\");
    let shown = untrusted_text::name(path, 200);
    leaves.then(|| format!("its {what} {shown} could be on another machine, which would learn who you are"))
}

/// What OpenSSH puts into a path: a value of the environment may be secret, and a user's name may begin with `\\`.
fn to_what_is_put_in(what: &str, path: &str) -> Option<String> {
    let path = path.trim();
    let begins_name = |c: char| c == '{' || c == '_' || c.is_ascii_alphabetic();
    let shown = untrusted_text::name(path, 200);
    if path.split('$').skip(1).any(|behind| behind.starts_with(begins_name)) {
        Some(format!("its {what} {shown} takes a value out of the environment of this machine"))
    } else if path.chars().take(2).any(|c| c == '%') && !path.starts_with("%d") {
        Some(format!("its {what} {shown} begins with what another field says, and could be on another machine"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{export, plan_import};
    use super::*;
    use crate::connect::{Profile, Route, ServerSettings};

    #[test]
    fn a_name_that_passes_for_another_is_left_out() {
        for good in ["vision", "Büro 2", "最良 ✓", "a  b"] {
            assert_eq!(to_name(good), None, "{good}");
        }
        for bad in ["pr\u{200b}od", "prod ", "\tprod", "prod\u{fe00}", "\u{202e}dorp", &"x".repeat(201)] {
            assert!(to_name(bad).is_some(), "{bad:?}");
        }
        let route = Route { id: "r".into(), name: "off\u{200b}ice".into(), hops: vec![Hop::default()] };
        let server = ServerSettings { route_id: Some("r".into()), ..ServerSettings::default() };
        let vision = Profile { server, ..Profile::new("vision", ProfileKind::Server, "http://h") };
        let hidden = Profile::new("vis\u{ad}ion", ProfileKind::Server, "http://h");
        let import = plan_import(&export(&[vision, hidden], &[route]), &[], &[]).unwrap();
        assert!(import.profiles.is_empty() && import.routes.is_empty());
        assert_eq!(import.plan.problems.len(), 3, "{:?}", import.plan.problems);
    }

    /// What is wrong with a file whose one profile goes through one route; none if it is taken over.
    fn problems(route: Hop, server: ServerSettings, kind: ProfileKind, address: &str) -> Vec<String> {
        let route = Route { id: "r".into(), name: "office".into(), hops: vec![Hop::default(), route] };
        let server = ServerSettings { route_id: Some("r".into()), ..server };
        let profile = Profile { server, ..Profile::new("vision", kind, address) };
        let text = export(&[profile], std::slice::from_ref(&route));
        // A route of this name is here, too; it is not the one that the file means.
        let import = plan_import(&text, &[], &[route]).unwrap();
        assert_eq!(import.profiles.is_empty(), !import.plan.problems.is_empty(), "{:?}", import.plan);
        assert_eq!(import.plan.profiles.is_empty(), import.profiles.is_empty());
        import.plan.problems
    }

    fn problems_of_hop(hop: Hop) -> Vec<String> {
        problems(hop, ServerSettings::default(), ProfileKind::Server, "http://h")
    }

    const ELSEWHERE: [&str; 8] = [
        r"\\evil\share\x",
        "//evil/share/x",
        r" \/evil\share\x",
        r"\\?\UNC\evil\share\x",
        r"\\.\UNC\evil\share\x",
        r"\??\UNC\evil\share\x",
        "~///evil/share/x",
        r"~/\\evil\share\x",
    ];
    const HERE: [&str; 7] = ["~/.ssh/id", "/data/key", r"C:\keys\id", "key", "%d/.ssh/id", "~/.ssh/%h", "./a//b"];

    #[test]
    fn no_file_of_another_machine_is_named_by_an_import() {
        for path in ELSEWHERE {
            let some = || Some(path.to_owned());
            for (hop, what) in [
                (Hop { identity_file: some(), ..Hop::default() }, "its key file"),
                (Hop { certificate_file: some(), ..Hop::default() }, "its certificate file"),
                (Hop { agent: some(), ..Hop::default() }, "its agent"),
            ] {
                let problems = problems_of_hop(hop);
                let [route, profile] = problems.as_slice() else { panic!("{path}: {problems:?}") };
                assert!(route.starts_with("The route “office” is left out") && route.contains(what), "{route}");
                assert!(route.contains("another machine"), "{route}");
                assert!(profile.starts_with("“vision” goes through the route “office”"), "{profile}");
            }
            for (field, what) in [("ca", "CA file"), ("certificate", "client certificate"), ("key", "client key")] {
                let mut server = ServerSettings::default();
                let tls = &mut server.tls;
                *(match field {
                    "ca" => &mut tls.ca_file,
                    "certificate" => &mut tls.client_certificate_file,
                    _ => &mut tls.client_key_file,
                }) = some();
                let problems = problems(Hop::default(), server, ProfileKind::Server, "http://h");
                assert!(matches!(problems.as_slice(), [one] if one.contains(what)), "{path}: {problems:?}");
            }
            let problems = problems(Hop::default(), ServerSettings::default(), ProfileKind::Local, path);
            assert!(matches!(problems.as_slice(), [one] if one.contains("database")), "{path}: {problems:?}");
        }
        // No export has a sample.
        let text = export(&[Profile::new("vision", ProfileKind::Local, ELSEWHERE[0])], &[]);
        let import = plan_import(&text.replace("\"local\"", "\"sample\""), &[], &[]).unwrap();
        assert!(import.profiles.is_empty() && import.plan.problems[0].contains("database"), "{:?}", import.plan);
    }

    #[test]
    fn files_of_this_machine_and_its_agents_are_taken_over() {
        for path in HERE {
            let some = || Some(path.to_owned());
            let hop = Hop { identity_file: some(), certificate_file: some(), agent: some(), ..Hop::default() };
            let mut server = ServerSettings::default();
            server.tls.ca_file = some();
            assert_eq!(problems(hop, server, ProfileKind::Local, path), Vec::<String>::new(), "{path}");
        }
        let agents = ["none", "pageant", "SSH_AUTH_SOCK", "$SSH_AUTH_SOCK", "${SSH_AUTH_SOCK}"];
        for agent in agents.into_iter().chain([r"\\.\pipe\openssh-ssh-agent"]) {
            let problems = problems_of_hop(Hop { agent: Some(agent.into()), ..Hop::default() });
            assert_eq!(problems, Vec::<String>::new(), "{agent}");
        }
        // A pipe is an agent and no file.
        let hop = Hop { identity_file: Some(r"\\.\pipe\x".into()), ..Hop::default() };
        assert_eq!(problems_of_hop(hop).len(), 2);
        let hop = Hop { agent: Some(r"\\evil\pipe\x".into()), ..Hop::default() };
        assert_eq!(problems_of_hop(hop).len(), 2);
    }

    #[test]
    fn nothing_is_put_into_a_path_of_an_import() {
        for path in ["${HOME}/x", "/tmp/${AWS_SECRET_ACCESS_KEY}", "$TOKEN", "~/$TOKEN/x", "${SSH_AUTH_SOCK}x"] {
            let some = || Some(path.to_owned());
            for hop in [
                Hop { identity_file: some(), ..Hop::default() },
                Hop { certificate_file: some(), ..Hop::default() },
                Hop { agent: some(), ..Hop::default() },
            ] {
                let problems = problems_of_hop(hop);
                assert!(problems.len() == 2 && problems[0].contains("environment"), "{path}: {problems:?}");
            }
        }
        // The name of a user may be `\\evil`.
        for path in [r"%r\share\x", r"\%r\share\x", "%%/x"] {
            let problems = problems_of_hop(Hop { identity_file: Some(path.into()), ..Hop::default() });
            assert!(problems.len() == 2 && problems[0].contains("another field"), "{path}: {problems:?}");
        }
        let hop = Hop { agent: Some(r"\\.\pipe\${TOKEN}".into()), ..Hop::default() };
        assert_eq!(problems_of_hop(hop).len(), 2);
        // Only for the agent does the name stand for something that was meant.
        let hop = Hop { identity_file: Some("$SSH_AUTH_SOCK".into()), ..Hop::default() };
        assert_eq!(problems_of_hop(hop).len(), 2);
        let hop = Hop { identity_file: Some("/data/cost-in-$".into()), ..Hop::default() };
        assert_eq!(problems_of_hop(hop), Vec::<String>::new());
    }
}
