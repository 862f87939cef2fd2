//! Profiles as a text to hand on: what a file says, and what importing it would change. Pure.
//!
//! Secrets and trust stay on their machine: the text holds no password, no token, no value of a
//! secret header and no pin, and an import never touches those that are here. Nor can a text lead Podium to
//! files on other machines or to what the environment says: its author may be a stranger.

mod objection;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Environment, ExtraHeader, Hop, Profile, ProfileKind, Route, ServerSettings, Writes};

const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    /// The version of this format.
    podium: u32,
    profiles: Vec<SharedProfile>,
    #[serde(default)]
    routes: Vec<SharedRoute>,
}

/// A profile by names instead of ids, which mean nothing elsewhere.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SharedProfile {
    name: String,
    kind: ProfileKind,
    address: String,
    #[serde(default)]
    environment: Environment,
    #[serde(default)]
    writes: Writes,
    #[serde(default)]
    route: Option<String>,
    #[serde(default)]
    server: ServerSettings,
}

#[derive(Serialize, Deserialize)]
struct SharedRoute {
    name: String,
    hops: Vec<Hop>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportPlan {
    pub profiles: Vec<ImportItem>,
    pub routes: Vec<ImportItem>,
    /// What in the text cannot be used, in words.
    pub problems: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportItem {
    pub name: String,
    pub change: ImportChange,
    pub differences: Vec<Difference>,
    /// Secrets that the profile needs and that have to be entered here: `password`, `header:x-key`.
    pub missing_secrets: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ImportChange {
    New,
    Changed,
    Same,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Difference {
    /// The field as the file names it: `server.auth.username`.
    pub field: String,
    pub from: String,
    pub to: String,
}

/// What an import saves, routes first.
#[derive(Debug)]
pub struct Import {
    pub plan: ImportPlan,
    /// Profiles that now lead elsewhere: what is secret between here and the old place must not go there.
    pub moved_ids: Vec<String>,
    /// Routes of which a hop is another now: the profiles here that go by them lead elsewhere too.
    pub moved_route_ids: Vec<String>,
    pub routes: Vec<Route>,
    pub profiles: Vec<Profile>,
}

/// The text of these profiles and of the routes they use. The sample is not worth handing on.
pub fn export(profiles: &[Profile], routes: &[Route]) -> String {
    let route_name = |id: &str| routes.iter().find(|route| route.id == id).map(|route| route.name.clone());
    let shared: Vec<SharedProfile> = profiles
        .iter()
        .filter(|profile| profile.kind != ProfileKind::Sample)
        .map(|profile| share(profile, profile.server.route_id.as_deref().and_then(route_name)))
        .collect();
    let used = routes.iter().filter(|route| shared.iter().any(|profile| profile.route.as_ref() == Some(&route.name)));
    let routes = used.map(|route| SharedRoute { name: route.name.clone(), hops: route.hops.clone() }).collect();
    // Plain structs of texts and numbers always serialize.
    serde_json::to_string_pretty(&File { podium: FORMAT, profiles: shared, routes }).unwrap_or_default()
}

/// What `text` would change of what is here. Profiles and routes are the same if their names are.
pub fn plan_import(text: &str, profiles: &[Profile], routes: &[Route]) -> Result<Import, String> {
    let file: File =
        serde_json::from_str(text).map_err(|error| format!("This is not a list of Podium profiles: {error}."))?;
    if file.podium > FORMAT {
        return Err(format!("This file was written by a newer Podium (format {}).", file.podium));
    }
    let mut plan = ImportPlan { profiles: Vec::new(), routes: Vec::new(), problems: Vec::new() };
    let mut new_routes: Vec<Route> = Vec::new();
    let mut moved_route_ids = Vec::new();
    let mut refused_routes = Vec::new();
    for shared in file.routes {
        let shown = untrusted_text::name(&shared.name, 200);
        if shared.name.trim().is_empty() || shared.hops.is_empty() {
            plan.problems.push(format!("The route “{shown}” has no name or no hops and is left out."));
            continue;
        }
        if new_routes.iter().any(|route| route.name == shared.name) {
            plan.problems.push(format!("A route called “{shown}” is there twice; the first one counts."));
            continue;
        }
        let objection = objection::to_name(&shared.name).or_else(|| shared.hops.iter().find_map(objection::to_hop));
        if let Some(objection) = objection {
            plan.problems.push(format!("The route “{shown}” is left out: {objection}."));
            refused_routes.push(shared.name);
            continue;
        }
        let known = routes.iter().find(|route| route.name == shared.name);
        let id = known.map_or_else(|| uuid::Uuid::new_v4().to_string(), |route| route.id.clone());
        let route = Route { id, name: shared.name, hops: shared.hops };
        // The author of the text may be a stranger: the same host by another key or agent is as suspicious as another host.
        if known.is_some_and(|known| known.hops != route.hops) {
            moved_route_ids.push(route.id.clone());
        }
        plan.routes.push(item(&route.name, known.map(|known| &known.hops), &route.hops, Vec::new()));
        new_routes.push(route);
    }
    let mut new_profiles: Vec<Profile> = Vec::new();
    let mut moved_ids = Vec::new();
    for shared in file.profiles {
        let shown = untrusted_text::name(&shared.name, 200);
        if shared.name.trim().is_empty() || new_profiles.iter().any(|profile| profile.name == shared.name) {
            plan.problems.push(format!("A profile called “{shown}” is there without a name or twice."));
            continue;
        }
        if let Some(objection) = objection::to_name(&shared.name).or_else(|| objection::to_profile(&shared)) {
            plan.problems.push(format!("“{shown}” is left out: {objection}."));
            continue;
        }
        let known = profiles.iter().find(|profile| profile.name == shared.name);
        let route_id = match &shared.route {
            None => None,
            Some(name) => {
                let way = untrusted_text::name(name, 200);
                // Never through a route of the same name here, which the file does not mean.
                if refused_routes.contains(name) {
                    plan.problems.push(format!("“{shown}” goes through the route “{way}” and is left out with it."));
                    continue;
                }
                let route = new_routes.iter().chain(routes).find(|route| &route.name == name);
                if route.is_none() {
                    // Never a direct connection in place of a route that is not there.
                    plan.problems.push(format!(
                        "“{shown}” goes through the route “{way}”, which is neither in the file nor here; it is left out."
                    ));
                    continue;
                }
                route.map(|route| route.id.clone())
            }
        };
        let mut server = ServerSettings { route_id, ..shared.server };
        // Trust is not imported: what is pinned here stays, and what was pinned elsewhere is unknown here.
        server.tls.pin = known.and_then(|known| known.server.tls.pin.clone());
        let profile = Profile {
            id: known.map_or_else(|| uuid::Uuid::new_v4().to_string(), |known| known.id.clone()),
            name: shared.name,
            kind: shared.kind,
            address: shared.address,
            environment: shared.environment,
            writes: shared.writes,
            server,
            // Places of this machine.
            artifact_folders: known.map(|known| known.artifact_folders.clone()).unwrap_or_default(),
        };
        let all_routes = || new_routes.iter().chain(routes);
        let as_shared = |profile: &Profile| {
            let name = profile.server.route_id.as_ref().and_then(|id| all_routes().find(|route| &route.id == id));
            share(profile, name.map(|route| route.name.clone()))
        };
        let by_moved_route = profile.server.route_id.as_ref().is_some_and(|id| moved_route_ids.contains(id));
        let moved = known
            .is_some_and(|known| by_moved_route || known.leads_elsewhere(&profile) || trusts_others(known, &profile));
        if moved {
            moved_ids.push(profile.id.clone());
        }
        let missing = if known.is_none() || moved { profile.sent_secret_names() } else { Vec::new() };
        plan.profiles.push(item(&profile.name, known.map(as_shared).as_ref(), &as_shared(&profile), missing));
        new_profiles.push(profile);
    }
    // What is wrong more than once is said once.
    let mut said = HashSet::new();
    plan.problems.retain(|problem| said.insert(problem.clone()));
    Ok(Import { plan, moved_ids, moved_route_ids, routes: new_routes, profiles: new_profiles })
}

/// Whether another server could be trusted at the same address: under another name, or with the word of
/// another authority.
fn trusts_others(known: &Profile, now: &Profile) -> bool {
    let met = |profile: &Profile| (profile.server.host_header.clone(), profile.server.tls.ca_file.clone());
    met(known) != met(now)
}

fn share(profile: &Profile, route: Option<String>) -> SharedProfile {
    let mut server = ServerSettings { route_id: None, ..profile.server.clone() };
    server.tls.pin = None;
    if let super::Proxy::Fixed { url } = &mut server.proxy {
        *url = without_userinfo(url);
    }
    let plain = |header: &ExtraHeader| ExtraHeader { name: header.name.clone(), value: header.value.clone() };
    server.headers = server.headers.iter().map(plain).collect();
    SharedProfile {
        name: profile.name.clone(),
        kind: profile.kind,
        address: without_userinfo(&profile.address),
        environment: profile.environment,
        writes: profile.writes,
        route,
        server,
    }
}

fn without_userinfo(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit('@').next().unwrap_or(authority);
            format!("{scheme}://{host}{path}")
        }
        None => url.to_owned(),
    }
}

fn item<T: Serialize>(name: &str, from: Option<&T>, to: &T, missing_secrets: Vec<String>) -> ImportItem {
    let Some(from) = from else {
        return ImportItem {
            name: name.to_owned(),
            change: ImportChange::New,
            differences: Vec::new(),
            missing_secrets,
        };
    };
    let value = |side: &T| serde_json::to_value(side).unwrap_or_default();
    let mut differences = Vec::new();
    compare("", &value(from), &value(to), &mut differences);
    let change = if differences.is_empty() { ImportChange::Same } else { ImportChange::Changed };
    ImportItem { name: name.to_owned(), change, differences, missing_secrets }
}

/// Every leaf that is not the same on both sides.
fn compare(field: &str, from: &serde_json::Value, to: &serde_json::Value, differences: &mut Vec<Difference>) {
    use serde_json::Value;
    let below = |key: &str| if field.is_empty() { key.to_owned() } else { format!("{field}.{key}") };
    match (from, to) {
        (Value::Object(left), Value::Object(right)) => {
            let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let of = |side: &serde_json::Map<String, Value>| side.get(key).cloned().unwrap_or_default();
                compare(&below(key), &of(left), &of(right), differences);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            for index in 0..left.len().max(right.len()) {
                let of = |side: &[Value]| side.get(index).cloned().unwrap_or_default();
                compare(&below(&(index + 1).to_string()), &of(left), &of(right), differences);
            }
        }
        (from, to) if from != to => {
            differences.push(Difference { field: field.to_owned(), from: shown(from), to: shown(to) });
        }
        _ => {}
    }
}

fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        // Of a stranger, and compared with what is here.
        serde_json::Value::String(text) => untrusted_text::name(text, 500),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Auth;
    use super::*;

    fn here() -> (Vec<Profile>, Vec<Route>) {
        let hop = Hop { host: "bastion".into(), use_config: true, ..Hop::default() };
        let route = Route { id: "r1".into(), name: "office".into(), hops: vec![hop] };
        let mut profile = Profile::new("vision", ProfileKind::Server, "http://localhost:5000");
        profile.server.route_id = Some("r1".into());
        profile.server.auth = Auth::Basic { username: "ana".into() };
        profile.server.tls.pin = Some("ab".repeat(32));
        profile.server.headers = vec![
            ExtraHeader { name: "X-Key".into(), value: None },
            ExtraHeader { name: "X-Team".into(), value: Some("vision".into()) },
        ];
        (vec![profile], vec![route])
    }

    #[test]
    fn what_was_exported_is_new_elsewhere_and_the_same_here() {
        let (profiles, routes) = here();
        let text = export(&profiles, &routes);
        assert!(!text.contains(&"ab".repeat(32)), "a pin is trust, and trust stays: {text}");
        let elsewhere = plan_import(&text, &[], &[]).unwrap();
        assert_eq!(elsewhere.plan.profiles[0].change, ImportChange::New);
        assert_eq!(elsewhere.plan.profiles[0].missing_secrets, ["password", "header:x-key"]);
        assert_eq!(elsewhere.profiles[0].server.route_id.as_ref(), Some(&elsewhere.routes[0].id));
        assert_ne!(elsewhere.profiles[0].id, profiles[0].id);
        let again = plan_import(&text, &profiles, &routes).unwrap();
        assert_eq!(again.plan.profiles[0].change, ImportChange::Same, "{:?}", again.plan);
        assert_eq!(again.profiles, profiles);
    }

    #[test]
    fn secrets_do_not_follow_a_profile_that_an_import_leads_elsewhere() {
        let (profiles, routes) = here();
        let text = export(&profiles, &routes);
        assert!(plan_import(&text, &profiles, &routes).unwrap().moved_ids.is_empty());
        let text = text.replace("http://localhost:5000", "http://elsewhere:5000");
        let import = plan_import(&text, &profiles, &routes).unwrap();
        assert_eq!(import.moved_ids, [profiles[0].id.clone()]);
        assert_eq!(import.plan.profiles[0].missing_secrets, ["password", "header:x-key"]);
    }

    #[test]
    fn nor_do_they_follow_where_an_import_changes_who_is_trusted() {
        let (profiles, routes) = here();
        let text = export(&profiles, &routes);
        for field in ["caFile", "hostHeader"] {
            let changed = text.replace(&format!("\"{field}\": null"), &format!("\"{field}\": \"x\""));
            assert_eq!(
                plan_import(&changed, &profiles, &routes).unwrap().moved_ids,
                [profiles[0].id.clone()],
                "{field}"
            );
        }
    }

    #[test]
    fn a_change_is_told_field_by_field_and_leaves_trust_alone() {
        let (profiles, routes) = here();
        let text = export(&profiles, &routes).replace("\"ana\"", "\"ben\"").replace("\"bastion\"", "\"bastion2\"");
        let import = plan_import(&text, &profiles, &routes).unwrap();
        let difference = Difference { field: "server.auth.username".into(), from: "ana".into(), to: "ben".into() };
        assert_eq!(import.plan.profiles[0].differences, [difference]);
        assert_eq!(import.plan.routes[0].differences[0].field, "1.host");
        assert_eq!(import.profiles[0].server.tls.pin, profiles[0].server.tls.pin);
        assert_eq!(import.profiles[0].id, profiles[0].id);
    }

    #[test]
    fn a_pin_in_a_foreign_file_is_not_believed() {
        let text = r#"{"podium": 1, "profiles": [{"name": "x", "kind": "server", "address": "https://h",
            "server": {"tls": {"pin": "aa", "pinOnFirstUse": true}}}]}"#;
        let import = plan_import(text, &[], &[]).unwrap();
        assert_eq!(import.profiles[0].server.tls.pin, None);
        assert!(import.profiles[0].server.tls.pin_on_first_use);
    }

    #[test]
    fn a_profile_without_its_route_is_left_out_and_never_made_direct() {
        let text =
            r#"{"podium": 1, "profiles": [{"name": "x", "kind": "server", "address": "http://h", "route": "gone"}]}"#;
        let import = plan_import(text, &[], &[]).unwrap();
        assert!(import.profiles.is_empty() && import.plan.problems[0].contains("gone"));
    }

    #[test]
    fn what_would_change_is_shown_as_it_is() {
        let (profiles, routes) = here();
        let text = export(&profiles, &routes).replace("\"ana\"", "\"an\u{200b}a\u{202e}\"");
        let import = plan_import(&text, &profiles, &routes).unwrap();
        assert_eq!(import.plan.profiles[0].differences[0].to, "an\u{fffd}a\u{fffd}");
    }

    #[test]
    fn what_is_there_twice_counts_once_and_is_told_once() {
        let (profiles, routes) = here();
        let mut file: serde_json::Value = serde_json::from_str(&export(&profiles, &routes)).unwrap();
        for list in ["profiles", "routes"] {
            let one = file[list][0].clone();
            file[list] = vec![one; 3].into();
        }
        file["routes"][1]["hops"][0]["host"] = "elsewhere".into();
        let import = plan_import(&file.to_string(), &[], &[]).unwrap();
        assert_eq!((import.profiles.len(), import.plan.profiles.len()), (1, 1));
        assert_eq!((import.routes.len(), import.plan.routes.len()), (1, 1));
        assert_eq!(import.routes[0].hops[0].host, "bastion");
        let [route, profile] = import.plan.problems.as_slice() else { panic!("{:?}", import.plan) };
        assert!(route.contains("“office” is there twice") && profile.contains("“vision”"), "{route} {profile}");
    }

    #[test]
    fn other_texts_are_refused_in_words() {
        assert!(plan_import("{}", &[], &[]).unwrap_err().contains("not a list"));
        assert!(plan_import(r#"{"podium": 9, "profiles": []}"#, &[], &[]).unwrap_err().contains("newer"));
    }
}
