//! A real server with MLflow's own sign-in: what who may read, edit or manage a model does with its aliases.

use podium::app::{App, MovePlanRequest, PromotionRequest, WantedMove};
use podium::connect::{Auth, Keep, Profile, ProfileKind};
use podium::error::Code;
use podium::promotion::{MoveState, PlanEnd, PlanState};
use secrecy::SecretString;
use serde_json::json;

use super::common::mlflow::{MlflowServer, Options, Version};

const MODEL: &str = "churn-gbdt";
const ADMIN: (&str, &str) = ("admin", "open sesame 12");
const PASSWORD: &str = "open sesame 34";

/// The sample's models on a server with sign-in, and three people with an App.
struct Team {
    server: MlflowServer,
    app: App,
    people: Vec<Profile>,
    _folders: [tempfile::TempDir; 2],
}

impl Team {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("auth.ini");
        let text = format!(
            "[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{}\nadmin_username = {}\n\
             admin_password = {}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
            folder.path().join("auth.db").display(),
            ADMIN.0,
            ADMIN.1
        );
        std::fs::write(&settings, text).unwrap();
        let options = Options {
            arguments: vec!["--app-name".to_owned(), "basic-auth".to_owned()],
            environment: vec![
                ("MLFLOW_AUTH_CONFIG_PATH".to_owned(), settings.display().to_string()),
                ("MLFLOW_FLASK_SERVER_SECRET_KEY".to_owned(), "for tests".to_owned()),
            ],
            ..Options::sample()
        };
        let server = MlflowServer::start(Version::Newest, options).signed_in(ADMIN);
        let (data, app) = super::app().await;
        let mut people = Vec::new();
        for (name, permission) in [("rita", "READ"), ("eddi", "EDIT"), ("mona", "MANAGE")] {
            server.api("POST", "users/create", json!({ "username": name, "password": PASSWORD }));
            let grant = json!({
                "username": name, "resource_type": "registered_model", "resource_id": MODEL, "permission": permission,
            });
            server.api("POST", "3.0/mlflow/users/permissions/grant", grant);
            let mut profile = Profile::new(name, ProfileKind::Server, &server.url);
            profile.server.auth = Auth::Basic { username: name.to_owned() };
            let profile = app.save_profile(profile).await.unwrap();
            let password = SecretString::from(PASSWORD);
            app.replace_secret(&profile.id, "password", password, Keep::Session).await.unwrap();
            super::connected(&app, &profile).await;
            people.push(profile);
        }
        Self { server, app, people, _folders: [folder, data] }
    }

    fn id(&self, name: &str) -> &str {
        &self.people.iter().find(|profile| profile.name == name).unwrap().id
    }

    fn on(&self, alias: &str) -> Option<String> {
        let model = self.server.api("GET", "registered-models/get", json!({ "name": MODEL }));
        let aliases = model["registered_model"]["aliases"].as_array().cloned().unwrap_or_default();
        let held = aliases.iter().find(|held| held["alias"] == alias)?;
        Some(held["version"].as_str().unwrap().to_owned())
    }

    fn put(&self, alias: &str, version: &str) {
        let wanted = json!({ "name": MODEL, "alias": alias, "version": version });
        self.server.api("POST", "registered-models/alias", wanted);
    }
}

fn plan(moves: &[(&str, Option<&str>, &str)]) -> MovePlanRequest {
    let wanted = |(alias, from, to): &(&str, Option<&str>, &str)| WantedMove {
        alias: (*alias).into(),
        expected_version: from.map(str::to_owned),
        version: (*to).into(),
        overridden: Vec::new(),
    };
    MovePlanRequest {
        model: MODEL.into(),
        moves: moves.iter().map(wanted).collect(),
        reason: "better".into(),
        confirmation: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_hold_for_every_move_of_a_plan_and_for_its_way_back() {
    let team = Team::new().await;
    let (app, eddi) = (&team.app, team.id("eddi"));
    team.put("champion", "3");
    team.put("challenger", "4");
    let swap = plan(&[("champion", Some("3"), "4"), ("challenger", Some("4"), "3")]);

    // Who may only read moves nothing, and nothing is left of the attempt.
    let rita = team.id("rita");
    assert_eq!(app.start_move_plan(rita, swap.clone()).await.unwrap_err().code, Code::Forbidden);
    let wanted = PromotionRequest {
        model: MODEL.into(),
        alias: "champion".into(),
        expected_version: Some("3".into()),
        version: "4".into(),
        reason: "better".into(),
        overridden: Vec::new(),
        confirmation: None,
    };
    assert_eq!(app.promote(rita, wanted).await.unwrap_err().code, Code::Forbidden);
    assert_eq!((team.on("champion").as_deref(), team.on("challenger").as_deref()), (Some("3"), Some("4")));
    assert!(app.settings.promotions(rita, MODEL).await.unwrap().is_empty());
    assert!(app.unfinished_move_plans().await.unwrap().is_empty());

    // Who may edit swaps, and takes that back: both are moves to a version.
    let done = app.start_move_plan(eddi, swap).await.unwrap();
    assert_eq!(done.state, PlanState::Finished, "{done:?}");
    assert_eq!((team.on("champion").as_deref(), team.on("challenger").as_deref()), (Some("4"), Some("3")));
    let entry = app.settings.promotions(eddi, MODEL).await.unwrap().remove(0);
    assert!(entry.warnings.is_empty(), "{entry:?}");
    app.undo_promotion(eddi, &entry.id, None).await.unwrap();
    assert_eq!((team.on("champion").as_deref(), team.on("challenger").as_deref()), (Some("3"), Some("4")));

    // To take a new alias away again is more than editing: the way back stops there, and says so.
    let fresh = plan(&[("champion", Some("3"), "4"), ("previous", None, "3")]);
    let done = app.start_move_plan(eddi, fresh.clone()).await.unwrap();
    assert_eq!(done.state, PlanState::Finished, "{done:?}");
    assert_eq!((team.on("champion").as_deref(), team.on("previous").as_deref()), (Some("4"), Some("3")));
    let entry = app.settings.promotions(eddi, MODEL).await.unwrap().remove(0);
    let error = app.undo_promotion(eddi, &entry.id, None).await.unwrap_err();
    assert!(error.message.contains("in part") && error.message.contains("manage"), "{error:?}");
    assert_eq!((team.on("champion").as_deref(), team.on("previous").as_deref()), (Some("3"), Some("3")));
    let look = app.look_at_move_plan(eddi, &done.id).await.unwrap();
    let states: Vec<MoveState> = look.plan.moves.iter().map(|each| each.state).collect();
    assert_eq!(states, [MoveState::Done, MoveState::RolledBack], "previous is moved first, and taken back last");
    let ended = app.end_move_plan(eddi, &done.id, PlanEnd::Finish, &look.now, None).await.unwrap();
    assert_eq!((ended.state, team.on("champion").as_deref()), (PlanState::Finished, Some("4")));

    // Who may manage the model takes it away.
    let mona = team.id("mona");
    team.put("champion", "3");
    let shadow = plan(&[("champion", Some("3"), "4"), ("shadow", None, "3")]);
    app.start_move_plan(mona, shadow).await.unwrap();
    let entry = app.settings.promotions(mona, MODEL).await.unwrap().remove(0);
    app.undo_promotion(mona, &entry.id, None).await.unwrap();
    assert_eq!((team.on("champion").as_deref(), team.on("shadow")), (Some("3"), None));
}
