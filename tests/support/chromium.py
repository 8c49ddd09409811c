"""How the tests and the benchmarks start Chromium."""

# WebGPU on the processor, so that they run where there is no GPU.
CHROMIUM_FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]

# The lists under the address bar, which are two pages for each window.
ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# What Playwright turns off itself: of several lists Chromium takes the last.
PLAYWRIGHTS = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)

# For tests, which open hundreds of pages and time nothing: a page then takes half the processor
# time. V8 still compiles what is hot in Python, but does not inline there.
TEST_FLAGS = [
    *CHROMIUM_FLAGS,
    f"--disable-features={','.join(PLAYWRIGHTS + ADDRESS_BAR)}",
    "--js-flags=--no-wasm-inlining",
]
