//! Posts with files: what goes wrong between the upload of a file and the request that publishes it.

use super::{Fixed, bluesky, second};
use crate::{
    fault::Fault::{self, AnswerLost, KilledAfter, KilledBefore, Late30m, Late40, NotSent, Slow, Vanished},
    files::Files::{self, Animation, Image, Images, Video},
    platform::GOOD,
    scenario::{files, one, with},
    step::{Scenario, Step, When},
};

const INITIALIZE: &str = "publish-target: POST /api.x.com/2/media/upload/initialize";
const APPEND: &str = "publish-target: POST /api.x.com/2/media/upload/*/append";
const FINALIZE: &str = "publish-target: POST /api.x.com/2/media/upload/*/finalize";
const STATUS: &str = "publish-target: GET /api.x.com/2/media/upload";
const DESCRIBE: &str = "publish-target: POST /api.x.com/2/media/metadata";
const TWEET: &str = "publish-target: POST /api.x.com/2/tweets";

const UPLOAD_BLOB: &str = "publish-target: POST /xrpc/com.atproto.repo.uploadBlob";
const SERVICE_TOKEN: &str = "publish-target: GET /xrpc/com.atproto.server.getServiceAuth";
const UPLOAD_VIDEO: &str = "publish-target: POST /video.bsky.app/xrpc/app.bsky.video.uploadVideo";
const JOB: &str = "publish-target: GET /video.bsky.app/xrpc/app.bsky.video.getJobStatus";
const PUT_RECORD: &str = "publish-target: POST /xrpc/com.atproto.repo.putRecord";
/// A server refuses the first request of a worker, which has no nonce.
const NO_NONCE: (&str, Fault) = (UPLOAD_BLOB, Slow);
/// No record reaches the server before it has dropped the files, after five minutes.
const TOO_LATE: (&str, Fault) = (PUT_RECORD, NotSent);

pub(super) static ALL: [Fixed; 16] = [
    Fixed {
        name: "each-answer-to-an-upload-lost",
        faults: &[(INITIALIZE, AnswerLost), (APPEND, AnswerLost), (FINALIZE, AnswerLost), (DESCRIBE, AnswerLost)],
        scenario: || x(GOOD, Animation),
    },
    Fixed { name: "status-of-an-upload-lost", faults: &[(STATUS, AnswerLost)], scenario: || x(GOOD, Animation) },
    Fixed { name: "killed-after-finalize", faults: &[(FINALIZE, KilledAfter)], scenario: || x(GOOD, Animation) },
    Fixed {
        name: "killed-before-a-post-with-media",
        faults: &[(TWEET, KilledBefore)],
        scenario: || x(GOOD, Animation),
    },
    // The post is recognized by its uploads.
    Fixed { name: "answer-lost-with-media", faults: &[], scenario: || x("answer_lost", Animation) },
    Fixed { name: "lands-late-with-media", faults: &[(TWEET, Late40)], scenario: || x(GOOD, Images) },
    // The upload is made anew.
    Fixed { name: "media-expired-at-the-post", faults: &[], scenario: || x("media_gone", Image) },
    // X keeps an upload for a day. The post was not there, and is retried after that.
    Fixed {
        name: "media-expired-before-a-retry",
        faults: &[(TWEET, Vanished)],
        scenario: || {
            let steps = vec![(second(200), Step::Resolve(0)), (second(90_000), Step::Retry(0))];
            with(x(GOOD, Images), steps)
        },
    },
    Fixed { name: "killed-after-a-blob", faults: &[NO_NONCE, (UPLOAD_BLOB, KilledAfter)], scenario: || blobs(Images) },
    Fixed {
        name: "blobs-dropped-after-a-crash",
        faults: &[(PUT_RECORD, KilledBefore), TOO_LATE, TOO_LATE],
        scenario: || blobs(Images),
    },
    // The first record lands after the files were uploaded again.
    Fixed {
        name: "blobs-dropped-and-the-record-late",
        faults: &[(PUT_RECORD, Slow), (PUT_RECORD, Late30m), TOO_LATE, TOO_LATE],
        scenario: || blobs(Images),
    },
    // The record of the first attempt is looked for after that.
    Fixed {
        name: "canceled-while-a-dropped-blob-is-uploaded",
        faults: &[NO_NONCE, NO_NONCE, (PUT_RECORD, Slow), (PUT_RECORD, Late30m), TOO_LATE, TOO_LATE, NO_NONCE],
        scenario: || with(blobs(Image), vec![(second(336), Step::Cancel(0))]),
    },
    Fixed {
        name: "each-answer-of-the-video-service-lost",
        faults: &[(SERVICE_TOKEN, AnswerLost), (JOB, AnswerLost), (JOB, Vanished)],
        scenario: || blobs(Video),
    },
    // The video goes to the account's server.
    Fixed { name: "video-service-silent", faults: &[(UPLOAD_VIDEO, AnswerLost)], scenario: || blobs(Video) },
    Fixed { name: "killed-after-a-video", faults: &[(UPLOAD_VIDEO, KilledAfter)], scenario: || blobs(Video) },
    Fixed {
        name: "video-dropped-after-a-crash",
        faults: &[(PUT_RECORD, KilledBefore), TOO_LATE, TOO_LATE],
        scenario: || blobs(Video),
    },
];

fn x(handle: &str, what: Files) -> Option<Scenario> {
    files(one("x", handle, When::Now), what)
}

fn blobs(what: Files) -> Option<Scenario> {
    files(bluesky(), what)
}
