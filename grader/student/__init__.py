"""The sandboxed side: loads a student's file, answers requests; of our code, imports only wire, link and fixtures."""
