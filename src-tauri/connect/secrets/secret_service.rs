//! What the keyring store does not tell about the Secret Service: whether one is there, whether it is
//! locked, and whether the user said no to unlocking it. Source: the Secret Service specification of
//! freedesktop.org, version 0.2.

use std::collections::HashMap;
use std::error::Error as StdError;

use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::Type;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};
use zbus::{MatchRule, Message};

use super::{LockState, VaultError};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const BUS: &str = "org.freedesktop.DBus";
/// The path that stands for none.
const NONE: &str = "/";

/// A session bus, with or without a Secret Service.
pub struct Bus {
    connection: Connection,
}

/// Where the entries of a slot are.
#[derive(Debug)]
pub struct FoundItems {
    pub open: Vec<OwnedObjectPath>,
    pub locked: Vec<OwnedObjectPath>,
}

impl Bus {
    pub fn open() -> Result<Self, VaultError> {
        Ok(Self { connection: Connection::session().map_err(|_| VaultError::NoBus)? })
    }

    /// Whether the default collection is locked.
    pub fn lock(&self) -> Result<LockState, VaultError> {
        let collection = self.default_collection()?;
        if collection.as_str() == NONE {
            return Ok(LockState::Unmade);
        }
        let body = ("org.freedesktop.Secret.Collection", "Locked");
        let reply = self.call(collection.as_str(), "org.freedesktop.DBus.Properties", "Get", &body)?;
        let locked: OwnedValue = reply.body().deserialize().map_err(|error| trouble(&error))?;
        Ok(if bool::try_from(locked).unwrap_or(false) { LockState::Locked } else { LockState::Open })
    }

    /// Finds without unlocking.
    pub fn find(&self, service: &str, user: &str) -> Result<FoundItems, VaultError> {
        let attributes = HashMap::from([("service", service), ("username", user)]);
        let reply = self.call(SERVICE_PATH, SERVICE, "SearchItems", &attributes)?;
        let (open, locked) = reply.body().deserialize().map_err(|error| trouble(&error))?;
        Ok(FoundItems { open, locked })
    }

    /// Whether a search also finds what is locked. GNOME's keyring knows the hashes of the attributes
    /// of a locked collection; of others it is not known.
    pub fn finds_in_locked(&self) -> bool {
        let named =
            |bus: &DBusProxy<'_>| bus.name_has_owner("org.gnome.keyring".try_into()?).map_err(zbus::Error::from);
        DBusProxy::new(&self.connection).and_then(|bus| named(&bus)).unwrap_or(false)
    }

    pub fn unlock_default(&self) -> Result<(), VaultError> {
        self.unlock(&[self.default_collection()?])
    }

    /// Unlocks the default collection if it is locked, and makes it if there is none.
    pub fn make_default_writable(&self) -> Result<(), VaultError> {
        match self.lock()? {
            LockState::Open => Ok(()),
            LockState::Locked => self.unlock_default(),
            LockState::Unmade => {
                let label =
                    HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from("Default keyring"))]);
                let reply = self.call(SERVICE_PATH, SERVICE, "CreateCollection", &(label, "default"))?;
                let (_, prompt): (OwnedObjectPath, OwnedObjectPath) =
                    reply.body().deserialize().map_err(|error| trouble(&error))?;
                self.prompt(&prompt)
            }
        }
    }

    /// Unlocks items or collections. Asks the user, and waits for what the user does.
    pub fn unlock(&self, objects: &[OwnedObjectPath]) -> Result<(), VaultError> {
        let reply = self.call(SERVICE_PATH, SERVICE, "Unlock", &objects)?;
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            reply.body().deserialize().map_err(|error| trouble(&error))?;
        self.prompt(&prompt)
    }

    fn default_collection(&self) -> Result<OwnedObjectPath, VaultError> {
        let reply = self.call(SERVICE_PATH, SERVICE, "ReadAlias", &"default")?;
        reply.body().deserialize().map_err(|error| trouble(&error))
    }

    fn call<B>(&self, path: &str, interface: &str, method: &str, body: &B) -> Result<Message, VaultError>
    where
        B: serde::Serialize + DynamicType,
    {
        self.connection.call_method(Some(NAME), path, Some(interface), method, body).map_err(|error| trouble(&error))
    }

    /// Shows a prompt and waits until it is completed or dismissed, or the service goes away with it.
    fn prompt(&self, path: &OwnedObjectPath) -> Result<(), VaultError> {
        if path.as_str() == NONE {
            return Ok(());
        }
        let rules = prompt_rules(path).map_err(|error| trouble(&error))?;
        let bus = DBusProxy::new(&self.connection).map_err(|error| trouble(&error))?;
        // Heard from before the prompt is shown, so that no answer is missed.
        let messages = MessageIterator::from(&self.connection);
        for rule in &rules {
            bus.add_match_rule(rule.clone()).map_err(|error| trouble(&error.into()))?;
        }
        let outcome = self.call(path.as_str(), PROMPT, "Prompt", &"").and_then(|_| outcome_of(path, messages));
        for rule in rules {
            // At worst the bus goes on telling of a prompt that is no more.
            let _ = bus.remove_match_rule(rule);
        }
        outcome
    }
}

fn prompt_rules(path: &OwnedObjectPath) -> zbus::Result<[MatchRule<'_>; 2]> {
    let signal = || MatchRule::builder().msg_type(Type::Signal);
    Ok([
        signal().interface(PROMPT)?.member("Completed")?.path(path)?.build(),
        signal().sender(BUS)?.interface(BUS)?.member("NameOwnerChanged")?.arg(0, NAME)?.build(),
    ])
}

fn outcome_of(prompt: &OwnedObjectPath, messages: MessageIterator) -> Result<(), VaultError> {
    for message in messages {
        let message = message.map_err(|error| trouble(&error))?;
        let header = message.header();
        match header.member().map(|member| member.as_str()) {
            Some("Completed") if header.path().is_some_and(|path| path == &**prompt) => {
                let body = message.body();
                let (dismissed, _): (bool, Value<'_>) = body.deserialize().map_err(|error| trouble(&error))?;
                return if dismissed { Err(VaultError::Dismissed) } else { Ok(()) };
            }
            Some("NameOwnerChanged") if owner_is_lost(&message) => return Err(VaultError::NoService),
            _ => {}
        }
    }
    Err(VaultError::NoBus)
}

fn owner_is_lost(message: &Message) -> bool {
    let body = message.body();
    matches!(body.deserialize::<(&str, &str, &str)>(), Ok((NAME, _, "")))
}

/// What an error of the bus means, wherever in an error's causes it is.
pub fn trouble_within(error: &(dyn StdError + 'static)) -> Option<VaultError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<zbus::Error>() {
            return Some(trouble(error));
        }
        if let Some(zbus::fdo::Error::ZBus(error)) = error.downcast_ref::<zbus::fdo::Error>() {
            return Some(trouble(error));
        }
        cause = error.source();
    }
    None
}

fn trouble(error: &zbus::Error) -> VaultError {
    let failed = || VaultError::Failed { reason: error.to_string() };
    match error {
        zbus::Error::MethodError(name, ..) => match name.as_str() {
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner"
            | "org.freedesktop.DBus.Error.TimedOut" => VaultError::NoService,
            // There is one, but it cannot be started.
            name if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => VaultError::NoService,
            "org.freedesktop.Secret.Error.IsLocked" => VaultError::Locked,
            _ => failed(),
        },
        zbus::Error::FDO(inner) => match &**inner {
            zbus::fdo::Error::ServiceUnknown(_) | zbus::fdo::Error::NameHasNoOwner(_) => VaultError::NoService,
            _ => failed(),
        },
        _ => failed(),
    }
}
