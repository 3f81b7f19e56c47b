FROM python:3.11-slim

WORKDIR /lab
ENV PYTHONPATH=/lab \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY .streamlit .streamlit
COPY app.py .
COPY pages pages
COPY ui ui
COPY aecore aecore
COPY assets assets

# Nobody needs to be root to train an autoencoder; data and runs are volumes.
RUN useradd --create-home lab && mkdir data runs && chown lab data runs
USER lab

EXPOSE 8501
CMD ["streamlit", "run", "app.py", "--server.headless=true", "--server.address=0.0.0.0"]
