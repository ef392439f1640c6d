//! The errors that Meta documents in its references of the Instagram Platform and the Graph API.

pub(super) struct DocumentedError {
    pub(super) code: i64,
    pub(super) subcode: Option<i64>,
    pub(super) status: u16,
    pub(super) message: &'static str,
    /// Title and message for the person.
    pub(super) for_user: Option<(&'static str, &'static str)>,
}

/// An error of the app or its token, with a message for the developer only.
const fn general(status: u16, code: i64, subcode: Option<i64>, message: &'static str) -> DocumentedError {
    DocumentedError { code, subcode, status, message, for_user: None }
}

/// An error of content publishing.
const fn publishing(
    code: i64,
    subcode: i64,
    message: &'static str,
    title: &'static str,
    user_message: &'static str,
) -> DocumentedError {
    DocumentedError { code, subcode: Some(subcode), status: 400, message, for_user: Some((title, user_message)) }
}

#[rustfmt::skip]
pub(super) const DOCUMENTED: &[DocumentedError] = &[
    general(500, 1, None, "An unknown error occurred"),
    general(500, 2, None, "An unexpected error has occurred. Please retry your request later."),
    general(403, 4, None, "(#4) Application request limit reached"),
    general(403, 10, None, "(#10) Application does not have permission for this action"),
    general(400, 17, None, "(#17) User request limit reached"),
    general(400, 32, None, "(#32) Page request limit reached"),
    general(400, 100, None, "(#100) Invalid parameter"),
    general(400, 100, Some(33), "(#100) Unsupported request"),
    general(400, 101, None, "Error validating application. Invalid application ID."),
    general(400, 102, None, "Session key invalid or no longer valid"),
    general(400, 190, None, "Invalid OAuth access token - Cannot parse access token"),
    general(400, 190, Some(458), "Error validating access token: The user has not authorized application."),
    general(400, 190, Some(459), "You cannot access the app till you log in to www.instagram.com and follow the instructions given."),
    general(400, 190, Some(460), "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."),
    general(400, 190, Some(463), "Error validating access token: Session has expired."),
    general(400, 190, Some(464), "Sessions for the user are not allowed because the user is not a confirmed user."),
    general(400, 190, Some(467), "Error validating access token: This access token has been invalidated."),
    general(403, 200, None, "(#200) Permissions error"),
    general(400, 341, None, "(#341) Application limit reached"),
    general(400, 368, None, "The action attempted has been deemed abusive or is otherwise disallowed"),
    general(400, 613, None, "(#613) Calls to this api have exceeded the rate limit."),
    general(400, 2500, None, "An active access token must be used to query information about the current user."),
    publishing(-2, 2207003, "Timeout", "Download has timed out", "It takes too long to download the media."),
    publishing(-2, 2207020, "Media expired", "Media expired", "The media you are trying to access has expired. Please try to upload again."),
    publishing(-1, 2207001, "Fatal", "Instagram server error", "Instagram server error. Try again."),
    publishing(-1, 2207032, "Fatal", "Cannot create media", "Create media fail, please try to re-create media"),
    publishing(-1, 2207053, "Fatal", "Upload failed", "unknown upload error"),
    publishing(1, 2207057, "Invalid thumbnail offset", "Invalid thumbnail offset", "Thumbnail offset must be greater than or equal to 0 and less than video duration."),
    publishing(4, 2207051, "Application request limit reached", "Action is blocked", "We restrict certain activity to protect our community. Tell us if you think we made a mistake."),
    publishing(9, 2207042, "Application request limit reached", "Cannot publish", "You reached maximum number of posts that is allowed to be published by Content Publishing API."),
    publishing(24, 2207006, "The requested resource does not exist", "Media not found", "The media cannot be found."),
    publishing(24, 2207008, "The requested resource does not exist", "Media builder not found", "The media builder with this creation id does not exist or has been expired."),
    publishing(25, 2207050, "The account is restricted", "Account restricted", "The Instagram account is restricted."),
    publishing(100, 2207023, "(#100) Invalid parameter", "Unknown media type", "The media type is unknown."),
    publishing(100, 2207028, "(#100) Invalid parameter", "Carousel cannot be created", "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 photos/videos."),
    publishing(100, 2207035, "(#100) Invalid parameter", "Invalid product tag", "Product tag positions should not be specified for video media."),
    publishing(100, 2207036, "(#100) Invalid parameter", "Invalid product tag", "Product tag positions are required for photo media."),
    publishing(100, 2207037, "(#100) Invalid parameter", "Invalid product tag", "We couldn't add all of your product tags. The product ID may be incorrect, the product may be deleted, or you may not have permission to tag the product."),
    publishing(100, 2207040, "(#100) Invalid parameter", "Too many tags", "Cannot use that many tags per created media."),
    publishing(100, 2207067, "(#100) Invalid parameter", "Unsupported media type", "The VIDEO value for media_type is no longer supported. Use the REELS media_type to publish a video to your Instagram feed."),
    publishing(352, 2207026, "The video format is not supported", "Unsupported video format", "The video format is not supported. Please check spec for supported format."),
    publishing(9004, 2207052, "Only photo or video can be accepted as media type.", "Media download has failed. The media URI doesn't meet our requirements.", "The media could not be fetched from this URI."),
    publishing(9007, 2207027, "Media ID is not available", "Media not ready for publishing", "The media is not ready for publishing, please wait for a moment."),
    publishing(36000, 2207004, "The image size is too large.", "Image size too large", "The image is too large to download. It should be less than 8 MiB."),
    publishing(36001, 2207005, "The image format is not supported.", "Unsupported image format", "The image format is not supported. Supported formats are: JPEG."),
    publishing(36003, 2207009, "The aspect ratio is not supported.", "The aspect ratio is not supported.", "The submitted image with this aspect ratio cannot be published. Please submit an image with a valid aspect ratio."),
    publishing(36004, 2207010, "The caption is too long.", "Caption too long", "The caption has more characters, hashtags or mentions than are allowed: 2200, 30 and 20."),
];
