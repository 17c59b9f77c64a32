//! Checkpoints: how large the tree is and what its root is, signed. They are C2SP signed notes
//! (`c2sp.org/tlog-checkpoint`), so any witness or tool that speaks the format can check them.
//!
//! The key is made on the first start. Its name is the log's origin: a checkpoint of another log has another.

use std::{
    io::{Error, ErrorKind},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use signed_note::{
    Note, NoteError, Signature, Signer, StandardSigner, StandardVerifier, Verifier as _, VerifierList,
    is_key_name_valid, key_id, new_ed25519_verifier_key,
};
use tlog_tiles::tlog::Hash as Node;

use super::{leaf::Hash, tree::MOST};

/// The usual file of the key, in the data folder.
pub const KEY_FILE: &str = "seal.key";
/// C2SP's number of Ed25519.
const ED25519: u8 = 1;
/// And of a witness's dated Ed25519.
const COSIGNATURE: u8 = 4;

/// What signs checkpoints.
#[derive(Clone)]
pub struct SealKey {
    signer: StandardSigner,
    verifier: String,
}

/// What checks their signatures: `<origin>+<key id>+<key>`, which is no secret.
#[derive(Clone)]
pub struct SealVerifier {
    text: String,
    verifier: StandardVerifier,
}

/// How large a log was and what its tree's root was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many events.
    pub size: i64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The checkpoint as it was signed.
    pub note: String,
}

/// Why a text is no checkpoint to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// Not a signed note.
    #[error("this is not a checkpoint")]
    Form,
    /// Nobody known has signed it.
    #[error("the checkpoint is signed by {found}, not by {wanted}")]
    OtherKey {
        /// The key asked for.
        wanted: String,
        /// Who signed.
        found: String,
    },
    /// The signature is not over this text.
    #[error("the checkpoint's signature does not hold: it was altered, or signed by another key")]
    Signature,
    /// Of another log.
    #[error("the checkpoint is of the log {found}, not of {wanted}")]
    OtherLog {
        /// The log asked for.
        wanted: String,
        /// Whose it is.
        found: String,
    },
}

/// A text that is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key is <origin>+<8 hexadecimal digits>+<base64>, as `escrow key` prints it")]
pub struct NotAKey;

impl SealKey {
    /// Reads the key's file, or makes it, readable by its owner only.
    pub fn read_or_create(path: &Path) -> std::io::Result<Self> {
        let text = crate::secret_file::read_or_create(path, || {
            let origin = format!("escrow/{}", ambient::fresh_id().simple());
            Ok(Self::secret(&origin, &SigningKey::from_bytes(&ambient::random_bytes()?)) + "\n")
        })?;
        Self::parse(text.trim()).ok_or_else(|| {
            Error::new(ErrorKind::InvalidData, "it does not hold a C2SP signer key (PRIVATE+KEY+…)")
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let signer = StandardSigner::new(text).ok()?;
        let seed = STANDARD.decode(text.splitn(5, '+').nth(4)?).ok()?;
        let key = SigningKey::from_bytes(seed.get(1..)?.try_into().ok()?);
        let verifier = new_ed25519_verifier_key(signer.name(), &key.verifying_key());
        Some(Self { signer, verifier })
    }

    fn secret(origin: &str, key: &SigningKey) -> String {
        let typed = |bytes: &[u8]| [&[ED25519], bytes].concat();
        let id = key_id(origin, &typed(key.verifying_key().as_bytes()));
        format!("PRIVATE+KEY+{origin}+{id:08x}+{}", STANDARD.encode(typed(key.as_bytes())))
    }

    /// Which log it signs for.
    pub fn origin(&self) -> &str {
        self.signer.name()
    }

    /// The public key.
    pub fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Signs any text of whole lines.
    pub fn sign_text(&self, text: &str) -> Result<String, BadCheckpoint> {
        let mut note = Note::new(text.as_bytes(), &[]).map_err(|_| BadCheckpoint::Form)?;
        note.add_sigs(&[&self.signer]).map_err(|_| BadCheckpoint::Signature)?;
        String::from_utf8(note.to_bytes()).map_err(|_| BadCheckpoint::Form)
    }

    /// Signs a checkpoint.
    pub fn sign(&self, size: u64, root: &Hash) -> Result<Checkpoint, BadCheckpoint> {
        let origin = self.origin().to_owned();
        let body = tlog_tiles::Checkpoint::new(&origin, size, Node(*root), "");
        let body = body.map_err(|_| BadCheckpoint::Form)?.to_bytes();
        let note = self.sign_text(&String::from_utf8_lossy(&body))?;
        let size = i64::try_from(size).map_err(|_| BadCheckpoint::Form)?;
        Ok(Checkpoint { origin, size, root: *root, note })
    }
}

impl SealVerifier {
    /// Checks the signature of a note, and answers its text.
    pub fn open_text(&self, note: &str) -> Result<String, BadCheckpoint> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| BadCheckpoint::Form)?;
        let known = VerifierList::new(vec![Box::new(self.verifier.clone())]);
        parsed.verify(&known).map_err(|error| self.complaint(&error, note))?;
        String::from_utf8(parsed.text().to_vec()).map_err(|_| BadCheckpoint::Form)
    }

    /// Checks the signature of a note, and that it is a checkpoint of this key's log.
    pub fn open(&self, note: &str) -> Result<Checkpoint, BadCheckpoint> {
        self.open_text(note)?;
        let checkpoint = Checkpoint::unchecked(note)?;
        if checkpoint.origin != self.verifier.name() {
            let wanted = self.verifier.name().to_owned();
            return Err(BadCheckpoint::OtherLog { wanted, found: checkpoint.origin });
        }
        Ok(checkpoint)
    }

    fn complaint(&self, error: &NoteError, note: &str) -> BadCheckpoint {
        match error {
            NoteError::UnverifiedNote => {
                let signatures = note.lines().filter_map(|line| line.strip_prefix("— "));
                let names = signatures.filter_map(|line| line.split(' ').next()).collect::<Vec<_>>();
                let found = names.join(", ");
                BadCheckpoint::OtherKey { wanted: self.text.clone(), found }
            }
            NoteError::MalformedNote => BadCheckpoint::Form,
            NoteError::InvalidSigner
            | NoteError::InvalidSignature { .. }
            | NoteError::MismatchedVerifier
            | NoteError::VerificationError(_)
            | NoteError::SignatureError(_) => BadCheckpoint::Signature,
        }
    }
}

impl std::str::FromStr for SealVerifier {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let verifier = StandardVerifier::new(text.trim()).map_err(|_| NotAKey)?;
        Ok(Self { text: text.trim().to_owned(), verifier })
    }
}

impl Checkpoint {
    /// What a note says, whoever signed it.
    pub fn unchecked(note: &str) -> Result<Self, BadCheckpoint> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| BadCheckpoint::Form)?;
        let body = tlog_tiles::Checkpoint::from_bytes(parsed.text()).map_err(|_| BadCheckpoint::Form)?;
        let size = i64::try_from(body.size()).ok().filter(|_| body.size() <= MOST);
        let size = size.ok_or(BadCheckpoint::Form)?;
        Ok(Self { origin: body.origin().to_owned(), size, root: body.hash().0, note: note.to_owned() })
    }
}

/// A witness: it signs checkpoints that continue the last one it signed (`c2sp.org/tlog-cosignature`).
#[derive(Debug, Clone)]
pub struct Witness {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl Witness {
    /// A checkpoint with the witness's signature, if one of these lines is it.
    pub fn accept(&self, checkpoint: &Checkpoint, lines: &str) -> Result<Checkpoint, BadCheckpoint> {
        let text = checkpoint.note.split_inclusive("\n\n").next().and_then(|text| text.strip_suffix('\n'));
        let text = text.ok_or(BadCheckpoint::Form)?;
        let signatures = lines.lines().filter_map(|line| Signature::from_bytes(line.as_bytes()).ok());
        let mut own = signatures.filter(|one| one.name() == self.name && one.id() == self.id);
        let signature = own.find(|one| self.has_signed(text, one.signature()));
        let line = signature.ok_or(BadCheckpoint::Signature)?.to_bytes();
        let line = String::from_utf8(line).map_err(|_| BadCheckpoint::Form)?;
        Ok(Checkpoint { note: checkpoint.note.clone() + &line, ..checkpoint.clone() })
    }

    /// A cosignature is over the moment as well: eight bytes of seconds before the signature's 64.
    fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        let Some((seconds, signature)) = signature.split_first_chunk::<8>() else { return false };
        let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
        let message = format!("cosignature/v1\ntime {}\n{text}", u64::from_be_bytes(*seconds));
        self.key.verify_strict(message.as_bytes(), &signature).is_ok()
    }
}

impl std::str::FromStr for Witness {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotAKey);
        };
        let bytes = STANDARD.decode(key).map_err(|_| NotAKey)?;
        let id = u32::from_str_radix(id, 16).map_err(|_| NotAKey)?;
        let (COSIGNATURE, key) = bytes.split_first().map(|(kind, key)| (*kind, key)).ok_or(NotAKey)? else {
            return Err(NotAKey);
        };
        let key = VerifyingKey::try_from(key).map_err(|_| NotAKey)?;
        let is_its_own = is_key_name_valid(name) && key_id(name, &bytes) == id;
        if is_its_own { Ok(Self { name: name.to_owned(), id, key }) } else { Err(NotAKey) }
    }
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealKey({})", self.verifier)
    }
}

impl std::fmt::Debug for SealVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealVerifier({})", self.text)
    }
}
