//! The keywords of ssh_config(5), and what of each is checked, kept, or told.

/// What kind of arguments a keyword takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Host,
    Match,
    Include,
    /// One word.
    Text,
    /// One word of these, whatever the case.
    Choice(&'static [&'static str]),
    Port,
    /// `90`, `1h30m`; `none` says nothing.
    Time,
    /// One path that is added to those before.
    File,
    /// One or more words; `none` stands alone.
    List,
    /// The rest of the line as it is.
    Command,
    Jump,
    Forward,
    Agent,
    /// Of no use to a tunnel, or its default is right here.
    Ignored,
    /// Not supported, and it matters: told with these words where the value is none of those that change nothing.
    Told {
        words: &'static str,
        harmless: &'static [&'static str],
    },
    /// The same where the user says it: some systems come with such a policy for all that they connect to.
    ToldOfUser {
        words: &'static str,
    },
    /// Ends the attempt.
    Refuse,
}

const FLAG: Kind = Kind::Choice(&["yes", "no", "true", "false"]);
const OFF: &[&str] = &["no", "false", "none"];

/// The name under which a keyword's value is kept, and its kind. `keyword` is in lower case. None: OpenSSH knows no
/// such keyword.
pub(super) fn find(keyword: &str) -> Option<(&'static str, Kind)> {
    let told = |words, harmless| Kind::Told { words, harmless };
    Some(match keyword {
        "host" => ("host", Kind::Host),
        "match" => ("match", Kind::Match),
        "include" => ("include", Kind::Include),
        "hostname" => ("hostname", Kind::Text),
        "port" => ("port", Kind::Port),
        "user" => ("user", Kind::Text),
        "identityfile" | "identityfile2" => ("identityfile", Kind::File),
        "certificatefile" => ("certificatefile", Kind::File),
        "identityagent" => ("identityagent", Kind::Agent),
        "identitiesonly" => ("identitiesonly", FLAG),
        "proxyjump" => ("proxyjump", Kind::Jump),
        "proxycommand" => ("proxycommand", Kind::Command),
        "hostkeyalias" => ("hostkeyalias", Kind::Text),
        "userknownhostsfile" => ("userknownhostsfile", Kind::List),
        "globalknownhostsfile" => ("globalknownhostsfile", Kind::List),
        "stricthostkeychecking" => {
            ("stricthostkeychecking", Kind::Choice(&["yes", "no", "true", "false", "ask", "off", "accept-new"]))
        }
        "hashknownhosts" => ("hashknownhosts", FLAG),
        "hostkeyalgorithms" => ("hostkeyalgorithms", Kind::Text),
        "preferredauthentications" => ("preferredauthentications", Kind::Text),
        "passwordauthentication" => ("passwordauthentication", FLAG),
        "kbdinteractiveauthentication"
        | "challengeresponseauthentication"
        | "skeyauthentication"
        | "tisauthentication" => ("kbdinteractiveauthentication", FLAG),
        "pubkeyauthentication" | "dsaauthentication" => {
            ("pubkeyauthentication", Kind::Choice(&["yes", "no", "true", "false", "unbound", "host-bound"]))
        }
        "connecttimeout" => ("connecttimeout", Kind::Time),
        "serveraliveinterval" => ("serveraliveinterval", Kind::Time),
        "addressfamily" => ("addressfamily", Kind::Choice(&["any", "inet", "inet6"])),
        "bindaddress" => ("bindaddress", Kind::Text),
        "localforward" => ("localforward", Kind::Forward),
        "clearallforwardings" => ("clearallforwardings", FLAG),
        "ignoreunknown" => ("ignoreunknown", Kind::Text),
        "tag" => ("tag", Kind::Text),
        "sessiontype" => ("sessiontype", Kind::Choice(&["none", "subsystem", "default"])),
        "canonicalizehostname" => ("canonicalizehostname", Kind::Choice(&["yes", "no", "true", "false", "always"])),
        "refuseconnection" => ("refuseconnection", Kind::Refuse),

        "bindinterface" => ("bindinterface", told("the connection may leave by any interface", &[])),
        "proxyusefdpass" => ("proxyusefdpass", told("the ProxyCommand is spoken to over its input and output", OFF)),
        "pkcs11provider" | "smartcarddevice" => {
            ("pkcs11provider", told("keys on a smart card are used through an agent only", &["none"]))
        }
        "securitykeyprovider" => {
            ("securitykeyprovider", told("keys on a FIDO token are used through an agent only", &["none", "internal"]))
        }
        "knownhostscommand" => ("knownhostscommand", told("the command is not asked for known hosts", &["none"])),
        "revokedhostkeys" => {
            ("revokedhostkeys", told("revoke a host key by an @revoked line in known_hosts instead", &["none"]))
        }
        "verifyhostkeydns" => ("verifyhostkeydns", told("host keys are not looked up in the DNS", OFF)),
        "nohostauthenticationforlocalhost" => {
            ("nohostauthenticationforlocalhost", told("the host key of localhost is checked like any other", OFF))
        }
        "hostbasedauthentication" => {
            ("hostbasedauthentication", told("signing in by the name of this machine is not offered", OFF))
        }
        "canonicalizepermittedcnames" => {
            ("canonicalizepermittedcnames", told("names are not followed in the DNS", &["none"]))
        }
        "kexalgorithms" => {
            ("kexalgorithms", Kind::ToldOfUser { words: "the key exchange is chosen among those known to be safe" })
        }
        "ciphers" => ("ciphers", Kind::ToldOfUser { words: "the cipher is chosen among those known to be safe" }),
        "macs" => ("macs", Kind::ToldOfUser { words: "the MAC is chosen among those known to be safe" }),
        "pubkeyacceptedalgorithms" | "pubkeyacceptedkeytypes" => {
            ("pubkeyacceptedalgorithms", Kind::ToldOfUser { words: "every kind of key that is found is offered" })
        }
        "casignaturealgorithms" => (
            "casignaturealgorithms",
            Kind::ToldOfUser { words: "certificates may be signed by any algorithm known to be safe" },
        ),

        _ => (IGNORED.iter().find(|known| **known == keyword)?, Kind::Ignored),
    })
}

/// Known to OpenSSH (its readconf.c), also the retired ones and those of vendors' builds, and of no use here.
const IGNORED: &[&str] = &[
    "addkeystoagent",
    "afstokenpassing",
    "batchmode",
    "canonicaldomains",
    "canonicalizefallbacklocal",
    "canonicalizemaxdots",
    "channeltimeout",
    "checkhostip",
    "cipher",
    "compression",
    "compressionlevel",
    "connectionattempts",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "dynamicforward",
    "enableescapecommandline",
    "enablesshkeysign",
    "escapechar",
    "exitonforwardfailure",
    "fallbacktorsh",
    "fingerprinthash",
    "forkafterauthentication",
    "forwardagent",
    "forwardx11",
    "forwardx11timeout",
    "forwardx11trusted",
    "gatewayports",
    "globalknownhostsfile2",
    "gssapiauthentication",
    "gssapiclientidentity",
    "gssapidelegatecredentials",
    "gssapikexalgorithms",
    "gssapikeyexchange",
    "gssapirenewalforcesrekey",
    "gssapiserveridentity",
    "gssapitrustdns",
    "hostbasedacceptedalgorithms",
    "hostbasedkeytypes",
    "ipqos",
    "kbdinteractivedevices",
    "keepalive",
    "kerberosauthentication",
    "kerberostgtpassing",
    "localcommand",
    "loglevel",
    "logverbose",
    "numberofpasswordprompts",
    "obscurekeystroketiming",
    "permitlocalcommand",
    "permitremoteopen",
    "protocol",
    "protocolkeepalives",
    "rekeylimit",
    "remotecommand",
    "remoteforward",
    "requesttty",
    "requiredrsasize",
    "rhostsauthentication",
    "rhostsrsaauthentication",
    "rsaauthentication",
    "sendenv",
    "serveralivecountmax",
    "setenv",
    "setuptimeout",
    "stdinnull",
    "streamlocalbindmask",
    "streamlocalbindunlink",
    "syslogfacility",
    "tcpkeepalive",
    "tunnel",
    "tunneldevice",
    "updatehostkeys",
    "useprivilegedport",
    "useroaming",
    "userknownhostsfile2",
    "usersh",
    "versionaddendum",
    "visualhostkey",
    "warnweakcrypto",
    "xauthlocation",
    // Of the builds of Apple, FreeBSD and Red Hat.
    "usekeychain",
    "hpnbuffersize",
    "hpndisabled",
    "noneenabled",
    "noneswitch",
    "tcprcvbuf",
    "tcprcvbufpoll",
    "rsaminsize",
];
