"""What people do with a dossier: each public function of a use case is one transaction."""
