//! Authenticated encryption: AES-256-GCM with a random nonce. The ciphertext is prefixed with the version of its key.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

#[expect(clippy::expect_used, reason = "the key has the algorithm's length")]
fn key(bytes: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).expect("the key has the algorithm's length"))
}

/// Returns *version ‖ nonce ‖ ciphertext ‖ tag*. It decrypts only with the same key and the same associated data.
#[expect(clippy::expect_used, reason = "the text is shorter than the algorithm's limit of 64 GB")]
pub(super) fn seal(version: u8, key_bytes: &[u8; 32], associated: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = crate::id::random::bytes();
    let mut text = plain.to_vec();
    key(key_bytes)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut text)
        .expect("the text is shorter than the algorithm's limit");
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + text.len());
    sealed.push(version);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&text);
    sealed
}

/// The version of the key that encrypted `sealed`.
pub(super) fn version(sealed: &[u8]) -> Option<u8> {
    sealed.first().copied()
}

/// Decrypts `sealed`; `None` if anything differs.
pub(super) fn open(key_bytes: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.get(1..)?.split_at_checked(NONCE_LEN)?;
    let mut text = text.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key(key_bytes).open_in_place(nonce, Aad::from(associated), &mut text).ok()?;
    Some(plain.to_vec())
}
