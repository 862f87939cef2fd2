//! Where a secret belongs, and what it is called there.

/// Where one secret belongs. Neither part is a secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// `profile/UUID`, `key`, `ssh`.
    pub owner: String,
    /// `password`, `token`, `client-key`, `header:x-api-key`, a key file's path, `ana@bastion:22`.
    pub name: String,
}

impl Slot {
    pub fn profile(profile_id: &str, name: &str) -> Self {
        Self { owner: format!("profile/{profile_id}"), name: name.to_owned() }
    }

    /// The passphrase of a private key file: the same for every route that uses it.
    pub fn key_passphrase(path: &str) -> Self {
        Self { owner: "key".to_owned(), name: path.to_owned() }
    }

    /// `host` is what its host key is known by, a `HostKeyAlias` before the name: two machines behind one
    /// address never get each other's password.
    pub fn ssh_password(user: &str, host: &str, port: u16) -> Self {
        Self { owner: "ssh".to_owned(), name: format!("{user}@{host}:{port}") }
    }

    /// The two parts as one text: the user of the keyring's entry, the key of what is sealed.
    pub fn key(&self) -> String {
        format!("{} {}", self.owner, self.name)
    }

    /// What the system's own windows on the keyring call the entry.
    pub(super) fn label(&self) -> String {
        let name = &self.name;
        match self.owner.as_str() {
            "key" => format!("Podium: passphrase of {name}"),
            "ssh" => format!("Podium: SSH password of {name}"),
            "vault" => "Podium: key of large secrets".to_owned(),
            owner => match owner.strip_prefix("profile/") {
                // Enough of the id to tell profiles apart.
                Some(id) => format!("Podium: {name} of profile {}", id.chars().take(8).collect::<String>()),
                None => format!("Podium: {name} of {owner}"),
            },
        }
    }

    pub(super) fn sealing_key() -> Self {
        Self { owner: "vault".to_owned(), name: "sealing-key".to_owned() }
    }
}
