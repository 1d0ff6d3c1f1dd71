//! Routes: a family names each once; the router, the list that tests compare, and the OpenAPI paths come of it.

/// Makes `routes()`, the router; `ROUTES`, its paths and methods; and, with the feature `openapi` and not of `pages`,
/// `openapi()`, what the handlers say of themselves.
#[macro_export]
macro_rules! routes {
    (pages $state:ty; $($path:literal => { $($method:ident: $handler:path),+ $(,)? }),+ $(,)?) => {
        /// The routes of this family: path and method.
        pub const ROUTES: &[(&str, &str)] = &[$($(($path, stringify!($method))),+),+];

        fn routes() -> $crate::axum::Router<$state> {
            $crate::axum::Router::new()
                $(.route($path, $crate::axum::routing::MethodRouter::new()$(.$method($handler))+))+
        }
    };
    ($state:ty; $($path:literal => { $($method:ident: $handler:path),+ $(,)? }),+ $(,)?) => {
        $crate::routes! { pages $state; $($path => { $($method: $handler),+ }),+ }

        /// What the handlers of this family say of themselves.
        #[cfg(feature = "openapi")]
        pub fn openapi() -> utoipa::openapi::OpenApi {
            #[derive(utoipa::OpenApi)]
            #[openapi(paths($($($handler),+),+))]
            struct Family;
            <Family as utoipa::OpenApi>::openapi()
        }
    };
}
