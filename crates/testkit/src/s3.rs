//! Starts a service that speaks S3, with real signatures, inside the test's own process.

// A test that cannot have its server should stop at once and say why.
#![allow(clippy::expect_used)]

use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use limpide_blobs::{S3Keys, S3Location};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const BUCKET: &str = "limpide";
const ACCESS_KEY: &str = "test-access-key";
const SECRET_KEY: &str = "test-secret-key";

/// A service with one empty bucket on a port of its own; it ends, with its files, when dropped.
pub struct S3 {
    endpoint: String,
    folder: TempDir,
    serving: JoinHandle<()>,
}

impl S3 {
    /// Starts the service. Call it within a tokio runtime, on which it then runs.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the S3 server");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port for the S3 server");
        let endpoint = format!("http://{}", listener.local_addr().expect("a bound port"));
        let serving = tokio::spawn(serve(listener, service(folder.path())));
        Self { endpoint, folder, serving }
    }

    /// How to reach the bucket.
    pub fn location(&self) -> S3Location {
        S3Location {
            bucket: BUCKET.into(),
            endpoint: Some(self.endpoint.clone()),
            region: "us-east-1".into(),
            keys: Some(S3Keys { access_key: ACCESS_KEY.into(), secret_key: SECRET_KEY.into() }),
            allow_http: true,
            ..S3Location::default()
        }
    }

    /// The folder in which the service keeps its files, to look behind its back.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn service(folder: &Path) -> S3Service {
    let files = FileSystem::new(folder).expect("a folder that the S3 server can use");
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    builder.build()
}

async fn serve(listener: TcpListener, service: S3Service) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let service = service.clone();
        tokio::spawn(async move {
            // A client that hangs up is no failure of the server.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
