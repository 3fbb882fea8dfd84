"""The bundled county 泽州县 (140525): committed facts and the generator of what no public source gives."""
