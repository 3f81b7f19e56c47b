"""Words of another language on a Korean page: seen, read out, hinted at or asked for."""

import re

from playwright.sync_api import Page

MEANT = frozenset(
    re.findall(
        r"\S+",
        """
        Autoencoder Lab MNIST Fashion KMNIST PyTorch ONNX onnx pip install Jupyter Colab JSON CSV
        HTML PNG SVG JPEG JPG WebP GIF BMP TIFF HEIC QR URL safetensors torchvision onnxruntime
        Enter Shift Esc Escape Ctrl Tab GPU CPU CUDA AECORE_DATA English Language RUN latent_dim
        PCA VAE CVAE WAE AAE AE VQ ReLU Leaky GELU ELU tanh Adam SGD MSE SSE BCE PSNR SSIM KL SNE ROC AUC
        AUROC ELBO RMSE top Top nat bit eigen digit Noise2Noise log nats
        """,
    )
)
"""Latin words that are meant in Korean: names, abbreviations, keys, units, symbols."""

AUTHORS = re.compile(r"(논문: )?[^가-힣]+( 외)? \(?\d{4}\b")
"""How a source begins."""

OPEN_ALL = """() => document.querySelectorAll('details:not([open]) > summary')
    .forEach((summary) => summary.click())"""

LOOK = """() => {
    const found = [];
    const skip = 'code, pre, svg, math, .katex, [lang=en], [translate=no], a[href^="http"], script, style';
    const seen = (element) => element.checkVisibility({
        checkOpacity: false, visibilityProperty: true, contentVisibilityAuto: false});
    const look = (root) => {
        for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) look(element.shadowRoot);
            if (element.closest(skip) || !seen(element)) continue;
            if (getComputedStyle(element).fontFamily.includes('Material Symbols')) continue;
            for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'aria-description'])
                if (element.getAttribute(name)) found.push([name, element.getAttribute(name)]);
            for (const node of element.childNodes)
                if (node.nodeType === Node.TEXT_NODE && node.data.trim())
                    found.push([element.dataset.testid || element.tagName, node.data.trim()]);
        }
    };
    look(document.body);
    return found;
}"""


def foreign(page: Page) -> list[tuple[str, str]]:
    """Where Latin words stand that nobody meant, and the whole text; authors keep their names."""
    bad = []
    for place, text in page.evaluate(LOOK):
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", text)) - MEANT
        if any(len(word) > 2 for word in words) and not AUTHORS.match(text):
            bad.append((place, text))
    return sorted(set(bad))
